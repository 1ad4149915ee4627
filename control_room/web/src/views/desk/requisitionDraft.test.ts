import { describe, expect, it } from "vitest";
import { Problem } from "../../api/problem";
import { fr } from "../../i18n/fr";
import { NOTHING_TYPED, typedRange } from "../../i18n/typed";
import { bodyOf, newDraft } from "./requisitionDraft";

const NOW = Date.UTC(2026, 10, 21, 12);
const typedOut = { ...newDraft("C. Dubois", NOW), file: "PV 118", name: "A. Martin", service: "Lille", cameras: ["cam-1"], motive: "vol", recipient: "PEM" };

function fieldOf(draft: typeof typedOut): string | undefined {
  try {
    bodyOf(draft, fr);
  } catch (error) {
    if (error instanceof Problem) return error.fields[0]?.field;
  }
  return undefined;
}

describe("a requisition that is typed", () => {
  it("is sent as it stands, received now by who types it", () => {
    expect(bodyOf(typedOut, fr)).toMatchObject({
      file: "PV 118", article: "60-1", officer: { name: "A. Martin", capacity: "opj" }, received_by: "C. Dubois",
      recipient: "PEM", received_at: "2026-11-21T12:00:00.000Z", from: "2026-11-21T11:45:00.000Z", to: "2026-11-21T12:00:00.000Z",
    });
  });
  it("takes the masks that were drawn along where a redacted copy is asked for, and those only that cover some of it", () => {
    const mask = (id: string, from: number) => ({ id, positions: [{ at: from, x: 0, y: 0, w: 0.5, h: 0.5 }, { at: from + 1000, x: 0, y: 0, w: 0.5, h: 0.5 }] });
    const drawn = [mask("m-1", NOW - 60_000), mask("m-2", NOW + 60_000)];
    expect(bodyOf(typedOut, fr, drawn).masks).toEqual([]);
    expect(bodyOf({ ...typedOut, copy: "drawn" }, fr, drawn).masks?.map((one) => one.id)).toEqual(["m-1"]);
    expect(bodyOf({ ...typedOut, copy: "kept" }, fr, drawn).masks).toBeNull();
  });
  it("is never sent as a redacted copy without a mask", () => {
    expect(fieldOf({ ...typedOut, copy: "drawn" })).toBe("masks");
  });
  it("is a redacted copy of one camera only", () => {
    expect(fieldOf({ ...typedOut, copy: "drawn", cameras: ["cam-1", "cam-2"] })).toBe("masks");
  });
  it("begins with what a timeline asked for", () => {
    const range = typedRange(NOW - 60_000, NOW);
    expect(newDraft("C. Dubois", NOW, { camera: "cam-2", range })).toMatchObject({ cameras: ["cam-2"], range });
  });
  it("says at its field what cannot be", () => {
    expect(fieldOf({ ...typedOut, cameras: [] })).toBe("cameras");
    expect(fieldOf({ ...typedOut, receivedAt: NOTHING_TYPED })).toBe("received_at");
    expect(fieldOf({ ...typedOut, range: { from: typedOut.range.to, to: typedOut.range.from } })).toBe("to");
  });
});
