// The time zones of timestamps: an offset such as `+05:30`, or a name in the IANA database, looked up as in Go.
import type { Budget } from "./condition-budget.ts";
import { EvaluationError } from "./values.ts";
import { MAX_TIME_ZONE_FORMATS } from "../model-limits.ts";

/**
 * Older zone names, which `Intl.supportedValuesOf` omits. Only these names and those it lists are valid: Go finds a
 * zone by the exact name of its file, while Intl ignores case.
 */
const OLDER_NAMES = [
  "Africa/Asmara Africa/Timbuktu America/Argentina/Buenos_Aires America/Argentina/Catamarca",
  "America/Argentina/ComodRivadavia America/Argentina/Cordoba America/Argentina/Jujuy America/Argentina/Mendoza",
  "America/Atikokan America/Atka America/Ensenada America/Fort_Wayne America/Indiana/Indianapolis",
  "America/Kentucky/Louisville America/Knox_IN America/Montreal America/Nipigon America/Nuuk America/Pangnirtung",
  "America/Porto_Acre America/Rainy_River America/Rosario America/Santa_Isabel America/Shiprock America/Thunder_Bay",
  "America/Virgin America/Yellowknife Antarctica/South_Pole Asia/Ashkhabad Asia/Choibalsan Asia/Chongqing",
  "Asia/Chungking Asia/Dacca Asia/Harbin Asia/Ho_Chi_Minh Asia/Istanbul Asia/Kashgar Asia/Kathmandu Asia/Kolkata",
  "Asia/Macao Asia/Tel_Aviv Asia/Thimbu Asia/Ujung_Pandang Asia/Ulan_Bator Asia/Yangon Atlantic/Faroe",
  "Atlantic/Jan_Mayen Australia/ACT Australia/Canberra Australia/Currie Australia/LHI Australia/NSW Australia/North",
  "Australia/Queensland Australia/South Australia/Tasmania Australia/Victoria Australia/West Australia/Yancowinna",
  "Brazil/Acre Brazil/DeNoronha Brazil/East Brazil/West CET CST6CDT Canada/Atlantic Canada/Central Canada/Eastern",
  "Canada/Mountain Canada/Newfoundland Canada/Pacific Canada/Saskatchewan Canada/Yukon Chile/Continental",
  "Chile/EasterIsland Cuba EET EST EST5EDT Egypt Eire Etc/GMT Etc/GMT+0 Etc/GMT+1 Etc/GMT+10 Etc/GMT+11 Etc/GMT+12",
  "Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT-0 Etc/GMT-1 Etc/GMT-10",
  "Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-14 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7",
  "Etc/GMT-8 Etc/GMT-9 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/UTC Etc/Universal Etc/Zulu Europe/Belfast Europe/Kyiv",
  "Europe/Nicosia Europe/Tiraspol Europe/Uzhgorod Europe/Zaporozhye GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST",
  "Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT Mexico/BajaNorte Mexico/BajaSur",
  "Mexico/General NZ NZ-CHAT Navajo PRC PST8PDT Pacific/Chuuk Pacific/Johnston Pacific/Kanton Pacific/Pohnpei",
  "Pacific/Samoa Pacific/Yap Poland Portugal ROC ROK Singapore Turkey UCT US/Alaska US/Aleutian US/Arizona",
  "US/Central US/East-Indiana US/Eastern US/Hawaii US/Indiana-Starke US/Michigan US/Mountain US/Pacific US/Samoa",
  "UTC Universal W-SU WET Zulu",
].join(" ").split(" ");

/** Number of steps counted for finding an offset, and for making a format. Measured: 2.5 and 50 microseconds. */
const OFFSET_STEPS = 50;
const FORMAT_STEPS = 1_000;

let names: ReadonlySet<string> | undefined;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns a zone's offset in seconds east of UTC at an instant (seconds since 1970); an error for an unknown zone. */
export function offsetIn(zone: string, seconds: bigint, budget: Budget): number | EvaluationError {
  if (zone.includes(":")) return fixedOffset(zone);
  if (zone === "" || zone === "UTC" || zone === "Local") return 0;
  names ??= new Set([...Intl.supportedValuesOf("timeZone"), ...OLDER_NAMES]);
  const format = names.has(zone) ? formatOf(zone, budget) : undefined;
  if (format === undefined) return new EvaluationError(`unknown time zone ${zone}`);
  budget.walk(OFFSET_STEPS);
  const parts = format.formatToParts(Number(seconds) * 1000);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const found = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name);
  if (found === null) return new EvaluationError(`unknown time zone ${zone}`);
  const [sign, hours, minutes, rest] = found.slice(1);
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(rest ?? 0));
}

/** Returns the format that prints the offset of a zone, or undefined when this Node lacks the zone. */
function formatOf(zone: string, budget: Budget): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  budget.add(FORMAT_STEPS);
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    if (formats.size >= MAX_TIME_ZONE_FORMATS) formats.delete(formats.keys().next().value!);
    formats.set(zone, format);
    return format;
  } catch {
    return undefined;
  }
}

/** Reads `[+-]hh:mm`. Each side may be any number that Go's Atoi accepts. */
function fixedOffset(zone: string): number | EvaluationError {
  const found = /^([+-]?\d+):([+-]?\d+)$/.exec(zone);
  const [hours, minutes] = [Number(found?.[1]), Number(found?.[2])];
  if (found === null || Math.abs(hours) > 23 || minutes < 0 || minutes > 59) {
    return new EvaluationError(`invalid time zone offset ${zone.slice(0, 50)}`);
  }
  return (hours * 60 + (zone.startsWith("-") ? -minutes : minutes)) * 60;
}
