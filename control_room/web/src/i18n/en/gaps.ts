/** Why there are no pictures, by storage's codes. */
export const gapCauses = {
  camera: "the camera sent no usable picture",
  link: "the link with the commune was cut",
  disk: "the disk took no more pictures",
  authorisation: "recording was not authorised, or not wanted",
  maintenance: "the recording service was stopped on purpose",
  recorder: "the recording service failed",
};
