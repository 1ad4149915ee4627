import { useText } from "../i18n/text";
import { Dialog } from "../ui/Dialog";
import { LETTERS, type ViewName } from "./access";
import styles from "./Help.module.css";

interface Props {
  views: readonly ViewName[];
  onClose: () => void;
}

type Row = [keys: string[], what: string];

export function Help({ views, onClose }: Props) {
  const { t } = useText();
  const general: Row[] = [
    [["?"], t.help.rows.help],
    [["/"], t.help.rows.search],
    [[t.help.names.escape], t.help.rows.escape],
    ...views.map((view): Row => [["g", LETTERS[view]], t.nav[view]]),
  ];
  const wall: Row[] = [
    [["1", "4", "9", "6", "3"], t.wall.keys.size],
    [["←", "→", "↑", "↓"], t.wall.keys.focus],
    [[`${t.help.names.shift} + ←`], t.wall.keys.move],
    [[t.help.names.enter], t.wall.keys.open],
    [[t.help.names.remove], t.wall.keys.remove],
    [["f"], t.wall.keys.fill],
    [["l"], t.wall.keys.list],
    [["s"], t.wall.keys.figures],
    ...(views.includes("playback") ? [[["p"], t.wall.keys.playback] satisfies Row] : []),
  ];
  const playback: Row[] = [
    [[t.help.names.space], t.playback.keys.space],
    [[",", "."], t.playback.keys.step],
    [["←", "→"], t.playback.keys.seek],
    [["<", ">"], t.playback.keys.speed],
    [["+", "-"], t.playback.keys.zoom],
    [["r"], t.playback.keys.backward],
    [["i", "o"], t.playback.keys.marks],
    [["s"], t.playback.keys.still],
    [["f"], t.playback.keys.fetch],
  ];
  return (
    <Dialog title={t.help.title} onClose={onClose} testId="help" wide>
      <div className={styles.columns}>
        <Rows title={t.help.general} rows={general} />
        {views.includes("wall") && <Rows title={t.nav.wall} rows={wall} />}
        {views.includes("playback") && <Rows title={t.nav.playback} rows={playback} />}
      </div>
    </Dialog>
  );
}

function Rows({ title, rows }: { title: string; rows: Row[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl className={styles.keys}>
        {rows.map(([keys, what]) => (
          <div key={what}>
            <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
