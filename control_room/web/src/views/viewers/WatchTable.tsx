import { useTerritory } from "../../api/territory";
import { useText } from "../../i18n/text";
import { Said } from "../../ui/Said";
import { State, type Tone } from "../../ui/State";
import { Table, type Column } from "../../ui/Table";
import { arrivalOf, arrivalText, figuresIn, streamText, whoIs, type Arrival, type Line } from "./watching";
import prose from "../../ui/prose.module.css";
import tables from "../../ui/Table.module.css";

/** One row a picture that somebody is shown. */
export function WatchTable({ lines }: { lines: readonly Line[] }) {
  const { t, language } = useText();
  const words = t.viewers;
  const { byId, communeName } = useTerritory();
  const figures = figuresIn(language);
  const name = ({ tile }: Line) => byId.get(tile.camera)?.name ?? tile.camera;
  const figure = (id: string, title: string, value: (line: Line) => number | null, text: (value: number | null) => string): Column<Line> => ({
    id, title, value, className: tables.number, cell: (line) => text(value(line)),
  });
  const columns: Column<Line>[] = [
    { id: "camera", title: t.camera, value: name, cell: (line) => <>{name(line)}<span className={prose.hint}>{communeName(line.tile.commune)}</span></> },
    {
      id: "who", title: words.who, value: (line) => whoIs(line.viewer, words),
      cell: ({ viewer }) => <>{whoIs(viewer, words)}{viewer.person !== null && <span className={prose.hint}>{viewer.person.login}</span>}</>,
    },
    { id: "stream", title: words.stream, value: (line) => streamText(line.tile, words), cell: (line) => streamText(line.tile, words) },
    figure("bitrate", words.bitrate, (line) => line.tile.bitrate_kbps, figures.bitrate),
    figure("loss", words.loss, (line) => line.tile.loss, figures.share),
    figure("rtt", words.roundTrip, (line) => line.viewer.rtt_ms, figures.ms),
    figure("jitter", words.jitter, (line) => line.viewer.jitter_ms, figures.ms),
    {
      id: "freezes", title: words.freezes, className: tables.number, value: (line) => line.tile.freeze_ms,
      cell: ({ tile }) => <span title={words.freezesHint}>{tile.freezes ?? "–"}{(tile.freezes ?? 0) > 0 && ` · ${figures.seconds(tile.freeze_ms)}`}</span>,
    },
    figure("first-packet", words.firstPacket, (line) => line.tile.first_packet_ms, figures.ms),
    figure("first-frame", words.firstFrame, (line) => line.tile.first_frame_ms, figures.ms),
    { id: "state", title: words.state, value: (line) => arrivalText(line.tile, words), cell: (line) => <HowItArrives line={line} /> },
  ];
  return (
    <Table columns={columns} rows={lines} rowId={(line) => line.id} rowTestId={(line) => `watch-${line.tile.camera}`} testId="viewers-table" label={words.title} />
  );
}

const TONES: Record<Arrival, Tone> = { fresh: "good", awaited: "wait", stale: "bad" };
const MARKS: Record<Arrival, string> = { fresh: "●", awaited: "◌", stale: "▲" };

function HowItArrives({ line: { tile } }: { line: Line }) {
  const { t } = useText();
  const arrival = arrivalOf(tile);
  return (
    <>
      <State tone={TONES[arrival]} small data-testid="watch-state" data-arrival={arrival}>
        <span aria-hidden="true">{MARKS[arrival]}</span> {arrivalText(tile, t.viewers)}
      </State>
      <Said why={tile.why} text={tile.reason} title={t.advice.said} />
    </>
  );
}
