"""What a viewer's link takes, from its reports. Pure."""
