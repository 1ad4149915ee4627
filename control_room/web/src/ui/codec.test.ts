import { expect, it } from "vitest";
import { codecName } from "./codec";

it.each([
  ["h264", "H.264"], ["avc1.4D001F", "H.264"], ["h265", "H.265"], ["hvc1.1.6.L93.B0", "H.265"],
  ["mjpeg", "Motion JPEG"], ["mp4v.6C", "Motion JPEG"], ["mpeg4", "MPEG-4"], ["mp4v.20.3", "MPEG-4"],
])("%s is called %s", (wire, name) => {
  expect(codecName(wire)).toBe(name);
});

it("leaves a codec it does not know as it is", () => {
  expect(codecName("av01.0.04M.08")).toBe("av01.0.04M.08");
});
