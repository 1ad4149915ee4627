import { useQuery } from "@tanstack/react-query";
import { preflightQuery } from "../../api/queries";
import { useTerritory } from "../../api/territory";
import type { Preflight as Told } from "../../api/types";
import { useText } from "../../i18n/text";
import { bytes, dateTime, percent } from "../../i18n/times";
import { Awaited } from "../../ui/Awaited";
import { State } from "../../ui/State";
import prose from "../../ui/prose.module.css";
import styles from "./desk.module.css";

/** What the export of a requisition would have, asked of storage. */
export function Preflight({ id }: { id: string }) {
  const { t } = useText();
  const words = t.requisitions;
  const told = useQuery(preflightQuery(id));
  const others = told.data?.holds.filter((hold) => hold.requisition !== id) ?? [];
  return (
    <section className={styles.preflight} aria-label={words.preflight} data-testid="preflight">
      <strong>{words.preflight}</strong>
      <Awaited query={told} />
      {told.data !== undefined && (
        <>
          <State tone={told.data.held ? "good" : "bad"} data-testid="preflight-held">{told.data.held ? words.heldNow : words.notHeldYet}</State>
          {told.data.cameras.map((one) => <Camera key={one.camera} one={one} />)}
          {others.length > 0 && <p className={prose.hint}>{words.otherHolds} : {others.map((hold) => hold.reference).join(", ")}</p>}
        </>
      )}
    </section>
  );
}

function Camera({ one }: { one: Told["cameras"][number] }) {
  const { t, language } = useText();
  const words = t.requisitions;
  const { byId } = useTerritory();
  const at = (text: string) => dateTime(language, Date.parse(text));
  return (
    <div data-testid={`preflight-${one.camera}`}>
      <strong>{byId.get(one.camera)?.name ?? one.camera}</strong>{" "}
      {one.coverage === 0 ? words.nothing : (
        <span>{words.coverage(percent(one.coverage, language))}, {words.size(bytes(one.bytes, language))}, {one.codecs.join(", ")}</span>
      )}
      {one.missing.length > 0 && (
        <ul>
          {one.missing.map((gap) => (
            <li key={gap.from}>{words.missing} : {at(gap.from)} → {at(gap.to)}, {words.cause[gap.cause]}</li>
          ))}
          {one.more > 0 && <li>{words.more(one.more)}</li>}
        </ul>
      )}
      {one.dies_at !== null && <p className={prose.hint}>{words.diesAt(at(one.dies_at))}</p>}
    </div>
  );
}
