import { describe, expect, it } from "vitest";
import { adviceKinds } from "./adviceKinds";

const H265 = "The camera sends H.265, which many browsers cannot show: set its stream to H.264.";
const B_FRAMES = "It also sends B-frames: set their number to 0.";

describe("the kinds of advice", () => {
  it("are none where the server gives none, whatever the codec", () => {
    expect(adviceKinds({ advice: "", codec: "hvc1.1.6.L93.B0" })).toEqual([]);
  });
  it("follow the codec", () => {
    expect(adviceKinds({ advice: H265, codec: "hvc1.1.6.L93.B0" })).toEqual(["h265"]);
    expect(adviceKinds({ advice: "The camera sends Motion JPEG.", codec: "mp4v.6C" })).toEqual(["mjpeg"]);
    expect(adviceKinds({ advice: "The camera sends MPEG-4.", codec: "mp4v.20.3" })).toEqual(["mpeg4"]);
  });
  it("name B-frames beside the codec, and alone in H.264", () => {
    expect(adviceKinds({ advice: `${H265} ${B_FRAMES}`, codec: "hvc1.1.6.L93.B0" })).toEqual(["h265", "bFrames"]);
    expect(adviceKinds({ advice: "The camera sends B-frames.", codec: "avc1.64001F" })).toEqual(["bFrames"]);
  });
  it("name half pictures and pictures refreshed bit by bit", () => {
    const fields = "The camera sends half pictures (interlaced, field by field): set it to progressive.";
    const refresh = "The camera refreshes its picture bit by bit instead of sending key pictures.";
    expect(adviceKinds({ advice: `${fields} ${refresh}`, codec: "avc1.64001F" })).toEqual(["fields", "refresh"]);
  });
  it("are `other` for advice of a later server", () => {
    expect(adviceKinds({ advice: "The camera's key pictures are too rare.", codec: "avc1.64001F" })).toEqual(["other"]);
  });
});
