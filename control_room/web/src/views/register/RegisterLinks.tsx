import type { Camera, Kind } from "../../api/types";
import { useText } from "../../i18n/text";
import { href } from "../../ui/router";
import { proves } from "./proves";
import buttons from "../../ui/buttons.module.css";

/** From a camera to what was destroyed of it, and to the proof. */
export function RegisterLinks({ camera, kind }: { camera: Camera; kind: Kind }) {
  const { t } = useText();
  const { id, name } = camera;
  return (
    <>
      <a className={buttons.button} href={href("destructions", "", { camera: id })} aria-label={t.register.linesOf(name)}
        data-testid={`destructions-${id}`}>
        {t.register.lines}
      </a>
      {proves(kind) && (
        <a className={buttons.button} href={href("destructions", "proof", { camera: id })} aria-label={t.register.proofOf(name)}
          data-testid={`proof-${id}`}>
          {t.register.proofShort}
        </a>
      )}
    </>
  );
}
