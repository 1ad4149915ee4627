import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { viewersQuery } from "../../api/queries";
import { useTerritory } from "../../api/territory";
import { useText } from "../../i18n/text";
import { Awaited } from "../../ui/Awaited";
import { classes } from "../../ui/classes";
import { Freshness } from "../../ui/Freshness";
import { useQueryText } from "../../ui/router";
import { matches } from "../../ui/search";
import { Muxes } from "./Muxes";
import { arrivalText, linesOf, streamText, whoIs } from "./watching";
import { WatchTable } from "./WatchTable";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";

/** Who watches now, and how each picture arrives. */
export function ViewersView() {
  const { t, language } = useText();
  const words = t.viewers;
  const { byId, communeName } = useTerritory();
  const viewers = useQuery(viewersQuery);
  const [typed, setTyped] = useQueryText("q");
  const lines = useMemo(() => {
    const collator = new Intl.Collator(language, { numeric: true });
    const name = (id: string) => byId.get(id)?.name ?? id;
    return (viewers.data === undefined ? [] : linesOf(viewers.data))
      .sort((a, b) => collator.compare(name(a.tile.camera), name(b.tile.camera)) || collator.compare(a.id, b.id));
  }, [viewers.data, byId, language]);
  const found = lines.filter(({ viewer, tile }) =>
    matches(typed, byId.get(tile.camera)?.name ?? tile.camera, communeName(tile.commune), whoIs(viewer, words), viewer.person?.login ?? "",
      streamText(tile, words), arrivalText(tile, words)),
  );
  const partial = viewers.data?.muxes.some((mux) => mux.health === "dead") === true;
  return (
    <div className={spacing.pad} data-testid="view-viewers">
      <div className={spacing.titleRow}>
        <h1>{words.title}</h1>
        {viewers.data !== undefined && <p className={prose.hint} data-testid="viewers-summary">{words.summary(viewers.data.viewers.length, lines.length)}</p>}
        <input type="search" value={typed} aria-label={words.filter} placeholder={`${words.filter}  ( / )`} data-testid="viewers-search"
          onChange={(event) => setTyped(event.target.value)} />
        {viewers.data !== undefined && <Freshness polled={viewers} />}
      </div>
      <Awaited query={viewers} />
      {viewers.data !== undefined && <Muxes muxes={viewers.data.muxes} />}
      {partial && <p className={classes(notes.note, notes.bad)} role="status">{words.partial}</p>}
      {viewers.data !== undefined && found.length === 0 && (
        <p className={prose.hint} data-testid="viewers-empty">{lines.length === 0 ? words.empty : words.noMatch}</p>
      )}
      {found.length > 0 && <WatchTable lines={found} />}
    </div>
  );
}
