import fc from "fast-check";
import type { Setting } from "./settings.ts";
import { brokenByte, utf16 } from "./situation.ts";

/** How sections and settings are written: what people, editors and other programs make of a file. */

export interface Section {
  /** What is between the brackets. */
  readonly header: string;
  readonly settings: readonly Setting[];
}

/** One of the others once in as many times. */
const onceIn = <T>(times: number, usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: (times - 1) * others.length, arbitrary: fc.constant(usual) },
    ...others.map((each) => fc.constant(each)),
  );
const seldom = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> => onceIn(12, usual, ...others);

/** The ways to write a profile's header in the config file; not all of them name it. */
export function configHeader(name: string): fc.Arbitrary<string> {
  const quoted = name.includes("'") ? `"${name}"` : `'${name}'`;
  const word = /^[^\s'"\\]+$/.test(name) ? name : quoted;
  const forms = onceIn(
    36,
    `profile ${word}`,
    `profile "${name}"`,
    `profile '${name}'`,
    `profile   ${word}`,
    `profile\t${word}`,
    `profile ${word} `,
    ` profile ${word}`,
    `profile ${name.replaceAll(" ", "\\ ")}`,
    `profile ${name}`,
    `Profile ${word}`,
    `profile${word}`,
    `profile ${word} more`,
    name,
  );
  return name === "default"
    ? seldom("default", "profile default", '"default"', " default", "DEFAULT")
    : forms;
}

export function credentialsHeader(name: string): fc.Arbitrary<string> {
  return onceIn(36, name, ` ${name} `, `"${name}"`, `'${name}'`, `profile ${name}`, name.toUpperCase());
}

/** The header of another kind of section, "sso-session NAME". */
export function otherHeader(header: string): fc.Arbitrary<string> {
  const at = header.indexOf(" ");
  const [kind, name] = [header.slice(0, at), header.slice(at + 1)];
  const word = /^[^\s'"\\]+$/.test(name) ? name : `'${name}'`;
  return seldom(
    `${kind} ${word}`,
    `${kind} "${name}"`,
    `${kind}  ${word}`,
    `${kind} ${name}`,
    `${kind} ${word} `,
  );
}

const spelling = seldom<(name: string) => string>(
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.replace(/(^|_)[a-z]/g, (letter) => letter.toUpperCase()),
);
const separator = seldom(" = ", "=", ": ", ":", " : ", "\t=\t", "= ");
const ending = onceIn(
  60,
  "",
  " ",
  "\t",
  " # a comment",
  " ; a comment",
  "\u00a0",
  "\n  # further in",
  "\n  more",
);
const quotes = onceIn(200, "", '"', "'");
const indent = onceIn(60, "", "  ", "\t");
const between = seldom(
  "",
  "\n",
  "# a comment\n",
  "; aws_access_key_id = TESTKEYNOT\n",
  "   \n",
  "  # further in\n",
);

const settingText = ([name, value]: Setting): fc.Arbitrary<string> =>
  fc
    .tuple(indent, spelling, separator, quotes, ending, between)
    .map(
      ([before, spell, sign, quote, after, then]) =>
        `${before}${spell(name)}${sign}${quote}${value}${quote}${after}\n${then}`,
    );

function sectionText({ header, settings }: Section): fc.Arbitrary<string> {
  const lines = fc.tuple(...settings.map(settingText)).map((each) => each.join(""));
  return fc
    .tuple(seldom("", " ", " # a comment"), lines, seldom("\n", ""), onceIn(100, false, true))
    .map(([after, text, end, isRepeated]) => {
      const [first = ""] = text.split("\n");
      return `[${header}]${after}\n${text}${isRepeated ? `${first}\n` : ""}${end}`;
    });
}

const utf8Mark = "\ufeff";

/** A file of these sections. */
export function fileText(sections: readonly Section[]): fc.Arbitrary<string> {
  const headed = sections.length === 0 ? fc.constant([]) : fc.tuple(...sections.map(sectionText));
  const whole = onceIn<(text: string) => string>(
    60,
    (text) => text,
    (text) => text.replaceAll("\n", "\r\n"),
    (text) => text.replace(/\n+$/, ""),
    (text) => `# made by hand\n\n${text}`,
    (text) => utf8Mark + text,
    (text) => `region = us-east-1\n${text}`,
    (text) => `${text}a line of its own\n`,
    (text) => `${text}\n[DEFAULT]\nregion = us-east-1\nrole_session_name = shared\n`,
    (text) => `[DEFAULT]\nsource_profile = default\n${text}`,
    (text) => `${text}[unclosed\n`,
    (text) => `${text}\n[preview]\ncloudsearch = true\n`,
    (text) => text.replaceAll("\n", "\r"),
    (text) => `${text}\0`,
    (text) => utf16 + text,
    (text) => `# caf${brokenByte}\n${text}`,
    (text) => `${text}[services local]\necr =\n  endpoint_url = http://127.0.0.1:9\n`,
    (text) => `${text}[services local]\necr =\n  nothing\n`,
  );
  return fc.tuple(headed, whole).map(([texts, change]) => change(texts.join("")));
}
