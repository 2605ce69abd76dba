// Reads workbooks with exceljs: {book: [[sheet, row, column], …]} on standard input, {book: [value, …]} on standard output.
const ExcelJS = require("exceljs");

function plain(value) {
  if (value instanceof Date) return { date: value.toISOString() };
  if (value && value.richText) return value.richText.map((run) => run.text).join("");
  if (value && "result" in Object(value)) return value.result;
  return value === undefined ? null : value;
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const wanted = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const found = {};
  for (const [book, cells] of Object.entries(wanted)) {
    try {
      const workbook = new ExcelJS.Workbook();
      await workbook.xlsx.readFile(book);
      found[book] = cells.map(([sheet, row, column]) => plain(workbook.getWorksheet(sheet).getCell(row, column).value));
    } catch (error) {
      found[book] = String(error);
    }
  }
  process.stdout.write(JSON.stringify(found));
}

main();
