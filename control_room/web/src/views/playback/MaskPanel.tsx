import { useText } from "../../i18n/text";
import { bareClock, dateTime, span } from "../../i18n/times";
import { coveredMs, hasKey, spanOf, type Mask } from "../../playback/masks";
import { classes } from "../../ui/classes";
import { Icon } from "../../ui/Icon";
import type { MaskEditor } from "./useMaskEditor";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import styles from "./masks.module.css";

interface Props {
  editor: MaskEditor;
  shownMs: number | null;
  onSeek: (ms: number) => void;
  /** Takes the masks to where a redacted copy is asked for. */
  onOrder: () => void;
  orderLabel: string;
}

/** The tools of the masks and the list of them: when each is there, what can be done with it. */
export function MaskPanel({ editor, shownMs, onSeek, onOrder, orderLabel }: Props) {
  const { t } = useText();
  const words = t.masks;
  const { drawing, proposal } = editor;
  const chosen = drawing.selected;
  const still = shownMs === null;
  return (
    <section className={styles.panel} aria-label={words.title} data-testid="mask-panel">
      <div className={styles.bar} role="toolbar" aria-label={words.tools}>
        <button type="button" disabled={still} onClick={editor.fresh} title={`${words.fresh} ( n )`} data-testid="mask-new">{words.fresh}</button>
        <button type="button" disabled={still || chosen === null} onClick={editor.beginHere} title={`${words.begin} ( d )`} data-testid="mask-begin">{words.begin}</button>
        <button type="button" disabled={still || chosen === null} onClick={editor.endHere} title={`${words.end} ( e )`} data-testid="mask-end">{words.end}</button>
        <button type="button" disabled={still || chosen === null || editor.following} onClick={editor.follow} title={`${words.follow} ( f )`} data-testid="mask-follow">
          {editor.following ? words.following : words.follow}
        </button>
        <button type="button" disabled={!drawing.undoable} onClick={drawing.undo} title={`${words.undo} ( u )`} data-testid="mask-undo">{words.undo}</button>
        <button type="button" aria-pressed={editor.solid} className={editor.solid ? buttons.primary : undefined} onClick={editor.toggleSolid} title={`${words.solid} ( v )`} data-testid="mask-solid"><Icon name="eye" /> {words.solid}</button>
        <span className={styles.order}>
          <span className={prose.hint} data-testid="mask-total">{words.total(drawing.masks.length, span(coveredMs(drawing.masks.map(spanOf))))}</span>
          <button type="button" className={buttons.primary} disabled={drawing.masks.length === 0} onClick={onOrder} data-testid="mask-order">{orderLabel}</button>
        </span>
      </div>
      {proposal !== null && <Proposal mask={proposal.mask} lost={proposal.lost} onAccept={editor.accept} onReject={editor.reject} onSeek={onSeek} />}
      <p role="status" className={prose.hint} data-testid="mask-said">{editor.said ?? (drawing.masks.length === 0 ? words.empty : "")}</p>
      {drawing.masks.length > 0 && (
        <ol className={styles.list}>
          {drawing.masks.map((mask, number) => (
            <Row key={mask.id} mask={mask} number={number + 1} chosen={mask.id === chosen?.id} shownMs={shownMs} editor={editor} onSeek={onSeek} />
          ))}
        </ol>
      )}
      <p id="mask-keys" className={prose.hint}>{words.how}</p>
    </section>
  );
}

interface RowProps {
  mask: Mask;
  number: number;
  chosen: boolean;
  shownMs: number | null;
  editor: MaskEditor;
  onSeek: (ms: number) => void;
}

function Row({ mask, number, chosen, shownMs, editor, onSeek }: RowProps) {
  const { t, language } = useText();
  const words = t.masks;
  const { drawing } = editor;
  const { from, to } = spanOf(mask);
  const go = (ms: number, name: string) => (
    <button type="button" className={buttons.plain} title={name} aria-label={`${name} : ${dateTime(language, ms)}`} onClick={() => { drawing.select(mask.id); onSeek(ms); }}>
      {bareClock(language, ms)}
    </button>
  );
  return (
    <li className={classes(styles.row, chosen && styles.chosen)} data-testid={`mask-${mask.id}`}>
      <button type="button" aria-pressed={chosen} onClick={() => drawing.select(chosen ? null : mask.id)} data-testid={`mask-select-${mask.id}`}>{words.name(number)}</button>
      <span>{go(from, words.toBegin)}→{go(to, words.toEnd)}</span>
      <span className={prose.hint}>{span(to - from)}, {words.positions(mask.positions.length)}</span>
      <span>
        {chosen && shownMs !== null && hasKey(mask, shownMs) && mask.positions.length > 2 && (
          <button type="button" className={buttons.plain} onClick={() => drawing.removeKey(shownMs)} data-testid="mask-key-remove">{words.removeKey}</button>
        )}
        <button type="button" className={buttons.plain} aria-label={words.remove(number)} title={words.remove(number)} onClick={() => drawing.remove(mask.id)} data-testid={`mask-remove-${mask.id}`}><Icon name="close" /></button>
      </span>
    </li>
  );
}

interface ProposalProps {
  mask: Mask;
  lost: boolean;
  onAccept: () => void;
  onReject: () => void;
  onSeek: (ms: number) => void;
}

/** Where the server believes the box goes. Nothing is taken from it before somebody says so. */
function Proposal({ mask, lost, onAccept, onReject, onSeek }: ProposalProps) {
  const { t, language } = useText();
  const words = t.masks;
  const { from, to } = spanOf(mask);
  return (
    <div className={classes(styles.bar, styles.proposal)} role="group" aria-label={words.proposal} data-testid="mask-proposal">
      <strong>{lost ? words.lost(bareClock(language, to)) : words.found(bareClock(language, to))}</strong>
      <button type="button" onClick={() => onSeek(from)}>{words.look}</button>
      <button type="button" className={buttons.primary} onClick={onAccept} data-testid="mask-accept">{words.accept}</button>
      <button type="button" onClick={onReject} data-testid="mask-reject">{words.reject}</button>
    </div>
  );
}
