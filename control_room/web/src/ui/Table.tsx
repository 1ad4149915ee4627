import { useState, type ReactNode } from "react";
import { useText } from "../i18n/text";
import { pressed, sorted, type Sorting, type SortValue } from "./sorting";
import prose from "./prose.module.css";
import tables from "./Table.module.css";

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** What the column is sorted by; without it it cannot be. */
  value?: (row: Row) => SortValue;
  className?: string;
  /** The title is read out only: the cells show by themselves what they are. */
  untitled?: boolean;
}

interface Props<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** Of a row, for tests. */
  rowTestId: (row: Row) => string;
  testId: string;
  label: string;
  /** So many rows of the sorted ones are shown. */
  most?: number;
}

/**
 * A table whose columns can be sorted by their titles. On a narrow page each row is a card (Table.module.css, styles/base.css):
 * the roles are written out because a browser drops those of a table that is displayed as blocks.
 */
export function Table<Row>({ columns, rows, rowId, rowTestId, testId, label, most }: Props<Row>) {
  const { language } = useText();
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const value = columns.find((column) => column.id === sorting?.column)?.value;
  const shown = (sorting === null || value === undefined ? rows : sorted(rows, value, sorting.descending, language)).slice(0, most);
  // Where nothing inside takes the focus, whoever has no mouse scrolls the table itself.
  const scrolled = columns.some((column) => column.value !== undefined) ? {} : { role: "region", tabIndex: 0, "aria-label": label };
  return (
    <div className={tables.wrap} {...scrolled}>
      <table role="table" data-testid={testId} aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <Head key={column.id} column={column} sorting={sorting?.column === column.id ? sorting : null}
                onPress={() => setSorting((old) => pressed(old, column.id))} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((row) => (
            <tr key={rowId(row)} role="row" data-testid={rowTestId(row)}>
              {columns.map((column) => <td key={column.id} role="cell" className={column.className} data-title={column.title}>{column.cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  sorting: Sorting | null;
  onPress: () => void;
}

function Head<Row>({ column, sorting, onPress }: HeadProps<Row>) {
  const { title, untitled, value, className } = column;
  if (value === undefined) {
    return <th role="columnheader" scope="col" className={className}>{untitled === true ? <span className={prose.visuallyHidden}>{title}</span> : title}</th>;
  }
  const direction = sorting === null ? undefined : sorting.descending ? "descending" : "ascending";
  return (
    <th role="columnheader" scope="col" className={className} aria-sort={direction}>
      <button type="button" className={tables.sort} onClick={onPress} data-testid={`sort-${column.id}`}>
        {title} <span className={tables.sortMark} aria-hidden="true">{sorting === null ? "↕" : sorting.descending ? "▼" : "▲"}</span>
      </button>
    </th>
  );
}
