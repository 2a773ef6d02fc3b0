// A table as a file for a spreadsheet. A cell that a spreadsheet would take for a formula gets an
// apostrophe before it: names come from outside, and somebody will open this in Excel. A French one splits at
// semicolons, others at tabs, whatever the file meant: what would then begin a cell is marked as well.
import type {Cell, Row} from '../api/shapes'

const dangerous = /^(?=[=+\-@\t\r])|(?<=(?:^|[;,\t"\r\n]) *)(?=[=+\-@])/g
const isNumber = /^-?\d+(\.\d+)?$/

export function csvCell(value: Cell | undefined): string {
  if (value === null || value === undefined) return ''
  let text = String(value)
  if (!isNumber.test(text)) text = text.replace(dangerous, "'")
  return /[",;\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function csvOf(rows: Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const lines = [columns.map(csvCell), ...rows.map((row) => columns.map((name) => csvCell(row[name])))]
  return lines.map((line) => line.join(',')).join('\r\n') + '\r\n'
}

export function download(name: string, content: Blob) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

// Begins with a mark of UTF-8: without it Excel reads é as Ã©.
export const csvFile = (text: string | Blob) => new Blob(['\ufeff', text], {type: 'text/csv;charset=utf-8'})

export const downloadCsv = (name: string, rows: Row[]) => download(`${name}.csv`, csvFile(csvOf(rows)))
