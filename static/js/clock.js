// Times on the festival's clocks, whatever the zone and the clock of the device.

const DAY_BEGINS = 6; // o'clock

// Returns `vrijdag 9.12 uur` for a moment; `pattern` has {} for the weekday and the time.
export function written(moment, language, { zone, pattern }) {
  const options = { weekday: "long", hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  const parts = new Intl.DateTimeFormat(language, options).formatToParts(moment);
  const part = (type) => parts.find((each) => each.type === type).value;
  return pattern.replace("{}", `${part("weekday")} ${Number(part("hour"))}.${part("minute")}`);
}

// Returns the hour (24 and on after midnight) and minute of `moment`, if it is on the festival day
// `day` and from the hour `first` to the hour `last`; null otherwise.
export function timeOn({ day, zone, first, last }, moment) {
  const options = { timeZone: zone, dateStyle: "short", timeStyle: "short" };
  const shifted = new Intl.DateTimeFormat("sv", options).format(moment - DAY_BEGINS * 3_600_000);
  const [hour, minute] = new Intl.DateTimeFormat("sv", options).format(moment).slice(11).split(":").map(Number);
  const at = { hour: hour < DAY_BEGINS ? hour + 24 : hour, minute };
  return shifted.startsWith(day) && first <= at.hour && at.hour <= last ? at : null;
}

// Returns the time in a Date header, in milliseconds; NaN if there is none. Two servers in a row
// may each write one; the first is enough.
export function serverTime(header) {
  return Date.parse(header?.match(/^[^,]+,[^,]+/)?.[0]);
}
