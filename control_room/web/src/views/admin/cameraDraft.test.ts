import { describe, expect, it } from "vitest";
import type { Camera } from "../../api/types";
import { cameraChange, draftOf, newCamera } from "./cameraDraft";

const camera: Camera = {
  id: "cam-3kf9a0q2zd", commune: "59350", stream: "59350/cam-3kf9a0q2zd/main", name: "Gare", place: "Parvis",
  lat: 50.6, lon: null, recorded: true, enabled: true, address_host: "10.1.4.20:554", has_credentials: true,
  has_sub: false, opener: "own", transport: "tcp",
  authorisation: { number: "2026-0417", granted_on: "2026-03-02", valid_until: "2031-03-01", days: 15 },
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
  });
  it("sends only the secret that was typed", () => {
    const change = cameraChange({ ...draftOf(camera, ""), password: "new" });
    expect(change.password).toBe("new");
    expect(change).not.toHaveProperty("username");
  });
  it("clears both credentials when asked to", () => {
    expect(cameraChange({ ...draftOf(camera, ""), clearCredentials: true, username: "x" })).toMatchObject({ username: "", password: "" });
  });
  it("takes the authorisation away when it is unticked", () => {
    expect(cameraChange({ ...draftOf(camera, ""), authorised: false }).authorisation).toBeNull();
  });
});

it("a new camera takes a French decimal comma, and no place where none is given", () => {
  expect(newCamera({ ...draftOf(null, "59350"), lat: "50,63", lon: " " })).toMatchObject({ commune: "59350", lat: 50.63, lon: null });
});
