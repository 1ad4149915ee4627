/** The order of a table's rows. Pure. */

export type SortValue = string | number | null;

export interface Sorting {
  column: string;
  descending: boolean;
}

/** A first press sorts upwards, a second one downwards, a third gives the original order back. */
export function pressed(sorting: Sorting | null, column: string): Sorting | null {
  if (sorting?.column !== column) return { column, descending: false };
  return sorting.descending ? null : { column, descending: true };
}

function compared(a: string | number, b: string | number, collator: Intl.Collator): number {
  return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
}

/** Rows of equal value keep their order; what is not known comes last in both directions. */
export function sorted<Row>(rows: readonly Row[], value: (row: Row) => SortValue, descending: boolean, language: string): Row[] {
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const sign = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, of: value(row) }))
    .sort((a, b) => {
      if (a.of === null || b.of === null) return Number(a.of === null) - Number(b.of === null);
      return sign * compared(a.of, b.of, collator);
    })
    .map(({ row }) => row);
}
