import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useText } from "../../i18n/text";
import { monthName, plainDate, weekdays } from "../../i18n/times";
import { daysOf, leadOf, monthAfter, monthOf, type Day, type Month } from "../../playback/month";
import { ProblemNote } from "../../ui/ProblemNote";
import { classes } from "../../ui/classes";
import { recordingsOf } from "./usePlayer";
import prose from "../../ui/prose.module.css";
import styles from "./playback.module.css";

interface Props {
  cameraId: string;
  motive: string;
  onDay: (from: number, to: number) => void;
}

/** A month with the days that have recordings; a day chosen is a range of that day. */
export function Calendar({ cameraId, motive, onDay }: Props) {
  const { t, language } = useText();
  const [now] = useState(() => Date.now());
  const [month, setMonth] = useState<Month>(() => monthOf(now));
  const days = useMemo(() => daysOf(month), [month]);
  const recorded = useQuery({
    queryKey: ["recordedDays", cameraId, month.year, month.month],
    queryFn: ({ signal }) => recordedDays(cameraId, days, motive, signal),
    staleTime: 60_000,
    retry: false,
  });
  const latest = monthOf(now);
  return (
    <div className={styles.calendar} data-testid="calendar">
      <div className={styles.month}>
        <button type="button" onClick={() => setMonth(monthAfter(month, -1))} aria-label={t.playback.calendar.before} data-testid="month-before">‹</button>
        <strong aria-live="polite">{monthName(language, month.year, month.month)}</strong>
        <button type="button" disabled={month.year === latest.year && month.month === latest.month} onClick={() => setMonth(monthAfter(month, 1))} aria-label={t.playback.calendar.after} data-testid="month-after">›</button>
      </div>
      <div className={styles.days} role="group" aria-label={t.playback.calendar.title}>
        {weekdays(language).map((name) => <span key={name} className={prose.hint} aria-hidden="true">{name}</span>)}
        {days.map((day, number) => {
          const there = recorded.data?.[number] === true;
          const date = plainDate(language, `${month.year}-${String(month.month).padStart(2, "0")}-${String(day.date).padStart(2, "0")}`);
          return (
            <button key={day.date} type="button" disabled={!there} className={classes(styles.day, there && styles.recordedDay)}
              style={number === 0 ? { gridColumnStart: leadOf(month) + 1 } : undefined}
              aria-label={`${date}, ${there ? t.playback.legend.recorded : t.playback.calendar.nothing}`}
              onClick={() => onDay(day.from, Math.min(day.to, Math.max(day.from + 1000, now)))} data-testid={`day-${day.date}`}>
              {day.date}
            </button>
          );
        })}
      </div>
      {recorded.error !== null && <ProblemNote problem={recorded.error} />}
      <p className={prose.hint}>{recorded.isPending ? t.playback.loadingDays : t.playback.calendar.zone}</p>
    </div>
  );
}

function recordedDays(cameraId: string, days: readonly Day[], motive: string, signal: AbortSignal): Promise<boolean[]> {
  const [first, last] = [days[0]?.from ?? 0, days.at(-1)?.to ?? 0];
  const borders = [...days.map((day) => day.from), last];
  return recordingsOf(cameraId, { from: first, to: last }, motive).days(borders, signal);
}
