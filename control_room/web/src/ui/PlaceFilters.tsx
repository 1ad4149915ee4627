import type { ReactNode } from "react";
import { useTerritory } from "../api/territory";
import { useText } from "../i18n/text";
import { Field } from "./Field";
import { UnknownChoice } from "./UnknownChoice";
import styles from "./PlaceFilters.module.css";

interface Place {
  /** Empty for any. */
  commune: string;
  camera: string;
}

interface Props {
  value: Place;
  /** Another commune asks for all of its cameras. */
  onChange: (value: Place) => void;
  testId: string;
  /** What a list is narrowed by besides. */
  children?: ReactNode;
  /** A field that takes the room of two. */
  wide?: ReactNode;
}

/** By which commune and camera a list is narrowed. One that is not known here, as an address may name it, is offered too. */
export function PlaceFilters({ value, onChange, testId, children, wide }: Props) {
  const { t } = useText();
  const { cameras, communes, communeName } = useTerritory();
  const offered = (cameras ?? []).filter((camera) => value.commune === "" || camera.commune === value.commune);
  return (
    <div className={styles.filters}>
      <Field label={t.commune}>
        {(ids) => (
          <select {...ids} value={value.commune} data-testid={`${testId}-commune`} onChange={(event) => onChange({ commune: event.target.value, camera: "" })}>
            <option value="">{t.journal.filterCommune}</option>
            {communes?.map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}
            <UnknownChoice id={value.commune} known={communes?.some((one) => one.code === value.commune)} />
          </select>
        )}
      </Field>
      <Field label={t.camera}>
        {(ids) => (
          <select {...ids} value={value.camera} data-testid={`${testId}-camera`} onChange={(event) => onChange({ commune: value.commune, camera: event.target.value })}>
            <option value="">{t.journal.filterCamera}</option>
            {offered.map((one) => <option key={one.id} value={one.id}>{communeName(one.commune)} · {one.name}</option>)}
            <UnknownChoice id={value.camera} known={offered.some((one) => one.id === value.camera)} />
          </select>
        )}
      </Field>
      {children}
      {wide !== undefined && <div className={styles.wide}>{wide}</div>}
    </div>
  );
}
