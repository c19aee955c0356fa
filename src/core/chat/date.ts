const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const DAY = 86_400_000;
const two = (n: number): string => String(n).padStart(2, '0');

/**
 * Python's `strftime` of midnight on a day, in the C locale; a sign that it does not know stays as it stands.
 * @param day YYYY-MM-DD
 */
export function strftime(day: string, format: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const [year, month, dayOfMonth, weekday] = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCDay(),
  ];
  const dayOfYear = Math.round((date.getTime() - Date.UTC(year, 0, 1)) / DAY) + 1;
  // Weeks that begin on Sunday (U) and on Monday (W); days before the first of them are in week 0.
  const weekFrom = (first: number): string => two(Math.floor((dayOfYear + 6 - ((weekday - first + 7) % 7)) / 7));
  const thursday = new Date(date.getTime() + (4 - (weekday || 7)) * DAY); // ISO 8601: a week is of its Thursday's year
  const isoWeek = Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * DAY)) + 1;
  const [shortDay, shortMonth] = [(DAYS[weekday] ?? '').slice(0, 3), (MONTHS[month] ?? '').slice(0, 3)];
  const padded = String(dayOfMonth).padStart(2);
  const signs: Readonly<Record<string, string>> = {
    ...{
      Y: String(year),
      y: two(year % 100),
      m: two(month + 1),
      d: two(dayOfMonth),
      e: padded,
    },
    ...{ B: MONTHS[month] ?? '', b: shortMonth, h: shortMonth },
    ...{ A: DAYS[weekday] ?? '', a: shortDay, w: String(weekday), u: String(weekday || 7) },
    ...{ U: weekFrom(0), W: weekFrom(1), V: two(isoWeek), G: String(thursday.getUTCFullYear()) },
    ...{ C: two(Math.floor(year / 100)), k: ' 0', l: '12', r: '12:00:00 AM' },
    c: `${shortDay} ${shortMonth} ${padded} 00:00:00 ${year}`,
    s: String(date.getTime() / 1000),
    ...{ j: String(dayOfYear).padStart(3, '0'), H: '00', I: '12', M: '00', S: '00', f: '000000', p: 'AM' },
    ...{
      F: day,
      D: `${two(month + 1)}/${two(dayOfMonth)}/${two(year % 100)}`,
      T: '00:00:00',
      R: '00:00',
      X: '00:00:00',
    },
    ...{ x: `${two(month + 1)}/${two(dayOfMonth)}/${two(year % 100)}`, Z: '', z: '', n: '\n', t: '\t', '%': '%' },
  };
  return format.replace(/%(-?)([A-Za-z%])/g, (found, bare: string, sign: string) => {
    const value = signs[sign];
    return value === undefined ? found : bare === '' ? value : value.replace(/^[0 ]+(?=.)/, '');
  });
}
