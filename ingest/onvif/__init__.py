"""What cameras offer beside their stream, by ONVIF: the recordings on their own cards."""
