import { api, ask } from "../../api/client";
import { useText } from "../../i18n/text";
import { dateTime, toWire } from "../../i18n/times";
import { masksIn, toWireMask, type Mask } from "../../playback/masks";
import type { Span } from "../../playback/planner";
import { useSay } from "../../ui/Announcer";
import { ActDialog } from "../desk/ActDialog";

interface Props {
  request: string;
  camera: string;
  range: Span;
  masks: readonly Mask[];
  onDone: () => void;
  onClose: () => void;
}

/** Gives the masks that were drawn to an access request: another person approves them. */
export function AttachMasks({ request, camera, range, masks, onDone, onClose }: Props) {
  const { t, language } = useText();
  const say = useSay();
  const sent = masksIn(masks, range);
  return (
    <ActDialog title={t.masks.attach} explain={t.masks.attachAsk(sent.length, dateTime(language, range.from), dateTime(language, range.to))} testId="attach-dialog" onClose={onClose}
      onDone={() => { say(t.masks.attached); onDone(); }}
      onSend={(motive) =>
        ask(api.PUT("/api/v1/access-requests/{request_id}/copies/{camera_id}", {
          params: { path: { request_id: request, camera_id: camera } },
          body: { from: toWire(Math.ceil(range.from)), to: toWire(Math.floor(range.to)), masks: sent.map(toWireMask), motive },
        }))} />
  );
}
