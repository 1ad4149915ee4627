import { toWire } from "../i18n/times";

/** Saves the frame on screen as a PNG named after its camera and its UTC instant. Gives the name. */
export async function saveStill(video: HTMLVideoElement, cameraId: string, shownMs: number): Promise<string> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("the browser made no picture");
  const name = `${cameraId}_${toWire(shownMs).replaceAll(":", "-")}.png`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
  return name;
}
