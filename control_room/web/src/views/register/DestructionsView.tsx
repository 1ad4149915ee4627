import { usePerson } from "../../api/session";
import { useText } from "../../i18n/text";
import { href, useRoute } from "../../ui/router";
import { Lines } from "./Lines";
import { Proof } from "./Proof";
import { proves } from "./proves";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";

const PROOF = "proof";

/** The register of destructions, and behind it the form for a proof out of it. */
export function DestructionsView({ argument }: { argument: string }) {
  const { t } = useText();
  const { query: { camera = "" } } = useRoute();
  const mayProve = proves(usePerson().kind);
  const proving = mayProve && argument === PROOF;
  return (
    <div className={spacing.pad} data-testid={proving ? "view-proof" : "view-destructions"}>
      <div className={spacing.titleRow}>
        <h1>{proving ? t.register.proof.title : t.register.title}</h1>
        <p className={prose.hint}>{proving ? t.register.proof.explain : t.register.explain}</p>
        {mayProve && (
          <a className={buttons.button} href={href("destructions", proving ? "" : PROOF, { camera })} data-testid={proving ? "to-register" : "to-proof"}>
            {proving ? t.register.title : t.register.proof.title}
          </a>
        )}
      </div>
      {proving ? <Proof /> : <Lines />}
    </div>
  );
}
