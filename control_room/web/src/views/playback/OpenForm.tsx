import { useState } from "react";
import { useText } from "../../i18n/text";
import { instantOf, typedRange, type TypedRange } from "../../i18n/typed";
import { MotiveField } from "../../ui/MotiveField";
import { useMotive } from "../../ui/motive";
import { RangeFields } from "../../ui/RangeFields";
import { Calendar } from "./Calendar";
import buttons from "../../ui/buttons.module.css";
import fields from "../../ui/Field.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./playback.module.css";

const MINUTE = 60_000;
const LAST = { quarter: 15 * MINUTE, hour: 60 * MINUTE, sixHours: 360 * MINUTE, day: 1440 * MINUTE } as const;
interface Props {
  cameraId: string;
  /** The range to begin with; without it the last quarter of an hour. */
  told: TypedRange | null;
  endless: boolean;
  /** Without an end, the recording in progress is followed. */
  onOpen: (from: number, to: number | null, motive: string) => void;
}

/** Which range, and why. */
export function OpenForm({ cameraId, told, endless, onOpen }: Props) {
  const { t } = useText();
  const motive = useMotive();
  const [why, setWhy] = useState(motive);
  const [follow, setFollow] = useState(endless);
  const [range, setRange] = useState(() => told ?? lastOf(LAST.quarter));
  const [calendar, setCalendar] = useState(false);
  const reasoned = why.trim().length >= 3;
  const from = instantOf(range.from);
  const to = follow ? null : instantOf(range.to);
  const ready = from !== null && (follow || (to !== null && to > from)) && reasoned;
  return (
    <form
      className={spacing.stack}
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        onOpen(from, to, why.trim());
      }}
    >
      <MotiveField value={why} onChange={setWhy} hint={t.playback.explain} autoFocus />
      <fieldset>
        <legend>{t.playback.range}</legend>
        <div className={spacing.stack}>
          <div className={styles.quick}>
            <span className={prose.hint}>{t.playback.lastLabel}</span>
            {(Object.keys(LAST) as (keyof typeof LAST)[]).map((name) => (
              <button key={name} type="button" data-testid={`last-${name}`}
                onClick={() => {
                  setRange(lastOf(LAST[name]));
                  setFollow(true);
                }}>
                {t.playback.last[name]}
              </button>
            ))}
          </div>
          <div className={styles.quick}>
            <button type="button" aria-expanded={calendar && reasoned} disabled={!reasoned} onClick={() => setCalendar(!calendar)} data-testid="open-calendar">{t.playback.calendar.title}</button>
            {!reasoned && <span className={prose.hint}>{t.playback.calendar.needsMotive}</span>}
          </div>
          {calendar && reasoned && (
            <Calendar cameraId={cameraId} motive={why.trim()}
              onDay={(start, end) => {
                setRange(typedRange(start, end));
                setFollow(false);
                setCalendar(false);
              }} />
          )}
          <RangeFields value={range} onChange={(value) => { setRange(value); if (value.to !== range.to) setFollow(false); }} problem={null} />
          <label className={fields.check}>
            <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} data-testid="follow" />
            {t.playback.follow}
          </label>
        </div>
      </fieldset>
      <button type="submit" className={buttons.primary} disabled={!ready} data-testid="playback-open">{t.playback.open}</button>
    </form>
  );
}

function lastOf(lengthMs: number) {
  const now = Date.now();
  return typedRange(now - lengthMs, now);
}
