import { describe, expect, it } from "vitest";
import type { Camera } from "../../api/types";
import { cameraChange, draftOf, newCamera } from "./cameraDraft";

const camera: Camera = {
  id: "cam-3kf9a0q2zd", commune: "59350", stream: "59350/cam-3kf9a0q2zd/main", name: "Gare", place: "Parvis",
  lat: 50.6, lon: null, recorded: true, enabled: true, address_host: "10.1.4.20:554", has_credentials: true,
  has_sub: false, opener: "own", transport: "tcp",
  authorisation: { number: "2026-0417", granted_on: "2026-03-02", valid_until: "2031-03-01", days: 15, least_days: 0 },
  blocked_reason: null,
  state: { status: "live", reason: "", since: "2026-11-21T12:00:00Z", heard_at: null, width: 0, height: 0, fps: 0, codec: "", advice: "" },
  sub_state: null,
  recording: { status: "recording", reason: "", since: "2026-11-21T12:00:00Z" },
};

describe("changing a camera", () => {
  it("sends no secret that was not typed", () => {
    const change = cameraChange(draftOf(camera, ""));
    expect(change).not.toHaveProperty("address");
    expect(change).not.toHaveProperty("username");
    expect(change).not.toHaveProperty("password");
    expect(change).not.toHaveProperty("sub_address");
  });
  it("sends only the secret that was typed", () => {
    const change = cameraChange({ ...draftOf(camera, ""), password: "new" });
    expect(change.password).toBe("new");
    expect(change).not.toHaveProperty("username");
  });
  it("clears both credentials when asked to", () => {
    expect(cameraChange({ ...draftOf(camera, ""), clearCredentials: true, username: "x" })).toMatchObject({ username: "", password: "" });
  });
  it("keeps the stored small stream unless another is typed or it is taken away", () => {
    const draft = draftOf({ ...camera, has_sub: true }, "");
    expect(cameraChange(draft)).not.toHaveProperty("sub_address");
    expect(cameraChange({ ...draft, subAddress: "rtsp://10.1.4.20/2" }).sub_address).toBe("rtsp://10.1.4.20/2");
    expect(cameraChange({ ...draft, subAddress: "rtsp://10.1.4.20/2", clearSub: true }).sub_address).toBe("");
  });
  it("starts with the client and transport the camera has, and sends those chosen", () => {
    const draft = draftOf({ ...camera, opener: "av", transport: "udp" }, "");
    expect(cameraChange(draft)).toMatchObject({ opener: "av", transport: "udp" });
    expect(cameraChange({ ...draft, opener: "own" })).toMatchObject({ opener: "own", transport: "udp" });
  });
  it("takes the authorisation away when it is unticked", () => {
    expect(cameraChange({ ...draftOf(camera, ""), authorised: false }).authorisation).toBeNull();
  });
});

it("a new camera takes a French decimal comma, and no place where none is given", () => {
  expect(newCamera({ ...draftOf(null, "59350"), lat: "50,63", lon: " " })).toMatchObject({ commune: "59350", lat: 50.63, lon: null });
});

it("a new camera is read by our own client over TCP, with the small stream that was typed", () => {
  expect(newCamera(draftOf(null, "59350"))).toMatchObject({ sub_address: "", opener: "own", transport: "tcp" });
  expect(newCamera({ ...draftOf(null, "59350"), subAddress: "rtsp://10.1.4.20/2" }).sub_address).toBe("rtsp://10.1.4.20/2");
});
