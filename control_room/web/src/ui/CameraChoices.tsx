import { useState } from "react";
import { useTerritory } from "../api/territory";
import { useText } from "../i18n/text";
import { grouped } from "../views/cameras/CamerasView";
import { FieldError, type Fault } from "./Field";
import { matches } from "./search";
import fields from "./Field.module.css";
import spacing from "./spacing.module.css";

interface Props {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  error?: Fault | undefined;
}

/** Several cameras to choose from, by commune. */
export function CameraChoices({ chosen, onChange, error }: Props) {
  const { t } = useText();
  const { cameras, communeName } = useTerritory();
  const [typed, setTyped] = useState("");
  const groups = grouped(
    (cameras ?? []).filter((camera) => chosen.includes(camera.id) || matches(typed, camera.name, camera.place, communeName(camera.commune))),
    communeName,
  );
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <fieldset data-testid="camera-choices">
      <legend>{t.exports.cameras(chosen.length)}</legend>
      <input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} aria-label={t.search} placeholder={t.search} />
      <div className={spacing.choices}>
        {groups.map((group) => [
          <h3 key={group.code}>{group.name}</h3>,
          ...group.cameras.map((camera) => (
            <label key={camera.id} className={fields.check}>
              <input type="checkbox" checked={chosen.includes(camera.id)} onChange={() => toggle(camera.id)} data-testid={`choose-${camera.id}`} />
              {camera.name}
            </label>
          )),
        ])}
      </div>
      <FieldError text={error} />
    </fieldset>
  );
}
