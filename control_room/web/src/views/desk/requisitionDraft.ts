/** A requisition as somebody types it, and what of it is sent. Pure. */
import { Problem } from "../../api/problem";
import type { Requisition } from "../../api/types";
import type { components } from "../../api.gen";
import type { Messages } from "../../i18n/fr";
import { toWire } from "../../i18n/times";
import { instantOf, rangeOf, typed, typedRange, type Typed, type TypedRange } from "../../i18n/typed";
import { masksIn, toWireMask, type Mask } from "../../playback/masks";
import type { wantedIn } from "../../ui/place";

const QUARTER_MS = 15 * 60_000;
export type Body = components["schemas"]["NewRequisition"];

type Asked = NonNullable<ReturnType<typeof wantedIn>>;

export type Copy = "recorded" | "drawn" | "kept";

export interface Draft {
  file: string;
  article: string;
  name: string;
  capacity: string;
  service: string;
  mandate: string;
  cameras: string[];
  range: TypedRange;
  receivedBy: string;
  receivedAt: Typed;
  motive: string;
  /** A certificate in PEM, empty for a package that anybody can open. */
  recipient: string;
  /** Which pictures are handed over: as they were recorded, under the masks drawn, or under those of the version before. */
  copy: Copy;
  /** The export that a redacted copy is one of, empty for none. */
  original: string;
}

/** An empty one, received now by who types it, about what a timeline asked for where it did. */
export const newDraft = (receivedBy: string, now: number, asked: Asked | null = null): Draft => ({
  file: "", article: "60-1", name: "", capacity: "opj", service: "", mandate: "", cameras: asked === null ? [] : [asked.camera],
  range: asked?.range ?? typedRange(now - QUARTER_MS, now), receivedBy, receivedAt: typed(now), motive: "", recipient: "",
  copy: "recorded", original: "",
});

/** One that was entered, to be changed. */
export const draftOf = (one: Requisition): Draft => ({
  file: one.file, article: one.article, name: one.officer.name, capacity: one.officer.capacity, service: one.officer.service,
  mandate: one.officer.mandate, cameras: [...one.cameras], range: typedRange(Date.parse(one.from), Date.parse(one.to)),
  receivedBy: one.received_by, receivedAt: typed(Date.parse(one.received_at)), motive: one.motive,
  recipient: one.recipient?.certificate ?? "", copy: one.masks.length > 0 ? "kept" : "recorded", original: one.original,
});

const wrong = (field: string, detail: string): Problem => new Problem(400, detail, "bad-input", [{ field, detail }]);

/** What is sent. Throws a Problem at the field where something cannot be. */
export function bodyOf(draft: Draft, t: Messages, drawn: readonly Mask[] = []): Body {
  const span = rangeOf(draft.range);
  const received = instantOf(draft.receivedAt);
  if (span === null) throw wrong("to", t.badRange);
  if (received === null) throw wrong("received_at", t.time.never);
  if (draft.cameras.length === 0) throw wrong("cameras", t.exports.chooseCameras);
  if (draft.copy === "drawn" && draft.cameras.length !== 1) throw wrong("masks", t.masks.oneCamera);
  // Without one it would be handed over as it was recorded.
  if (draft.copy === "drawn" && masksIn(drawn, span).length === 0) throw wrong("masks", t.masks.noneDrawn);
  return {
    file: draft.file, article: draft.article, cameras: draft.cameras, motive: draft.motive,
    officer: { name: draft.name, capacity: draft.capacity as Requisition["officer"]["capacity"], service: draft.service, mandate: draft.mandate },
    from: toWire(span.from), to: toWire(span.to), received_by: draft.receivedBy, received_at: toWire(received),
    recipient: draft.recipient, original: draft.copy === "recorded" ? "" : draft.original,
    masks: draft.copy === "kept" ? null : draft.copy === "drawn" ? masksIn(drawn, span).map(toWireMask) : [],
  };
}
