// Links as they get damaged on their way, and as somebody bends them: seeded, so that each is the
// same in every run. Used under Node and, as text, in a browser.

import { one } from "./random.js";

const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__defineGetter__",
  "length",
  "then",
];

const VALUES = [
  ...NAMES,
  ...NAMES.map((name) => `${name}:1`),
  ...NAMES.map((name) => `${name};${name}`),
  "",
  "null",
  "undefined",
  "NaN",
  "-0",
  "1e400",
  "-1e999",
  "9".repeat(400),
  "18446744073709551616",
  "-2147483649",
  "4294967296",
  "0x10",
  "1e3",
  "%",
  "%2",
  "%zz",
  "%E0%A4%A",
  "%ED%A0%80",
  "%C0%80",
  "%00",
  "\uD800",
  "\uDC00x",
  "\u202E",
  "(".repeat(3000),
  "[".repeat(3000),
  "x:1;".repeat(2000),
  ";".repeat(2000),
  ",".repeat(2000),
  "a/".repeat(2000),
  "x:1,2,3;x:4",
  "x,y,0",
  "x,x,999999",
  ",,",
  "<img src=x onerror=throw>",
  "javascript:alert(1)",
];

/** @type {((link: string, next: () => number) => string)[]} */
const WAYS = [
  // A letter is another.
  (link, next) => {
    const at = Math.floor(next() * link.length);
    const code = next() < 0.7 ? next() * 128 : next() * 65536;
    return link.slice(0, at) + String.fromCharCode(Math.floor(code)) + link.slice(at + 1);
  },
  // A bit is.
  (link, next) => {
    const at = Math.floor(next() * link.length);
    const code = link.charCodeAt(at) ^ (1 << Math.floor(next() * 8));
    return link.slice(0, at) + String.fromCharCode(code) + link.slice(at + 1);
  },
  // A piece is missing.
  (link, next) => {
    const at = Math.floor(next() * link.length);
    return link.slice(0, at) + link.slice(at + Math.floor(next() * 20));
  },
  // A piece is there twice.
  (link, next) => {
    const at = Math.floor(next() * link.length);
    return link.slice(0, at + Math.floor(next() * 40)) + link.slice(at);
  },
  // It is cut off.
  (link, next) => link.slice(0, Math.floor(next() * link.length)),
  // Two parts have exchanged their names.
  (link, next) => {
    const parts = link.split("&").map((part) => part.split("="));
    const [a, b] = [one(next, parts), one(next, parts)];
    [a[0], b[0]] = [b[0] ?? "", a[0] ?? ""];
    return parts.map((part) => part.join("=")).join("&");
  },
  // A part has another value.
  (link, next) => {
    const parts = link.split("&");
    const at = Math.floor(next() * parts.length);
    parts[at] = `${parts[at]?.split("=")[0]}=${one(next, VALUES)}`;
    return parts.join("&");
  },
  // One more part, which there may be already.
  (link, next) => {
    const names = ["program", "values", "tangents", "upstream", "open", "closed", "folded"];
    names.push("copies", "mode", "derivative", "step", "jacobian", "chosen", "tab", "operand");
    names.push("pair", "element", "sizes", "pane", "code", "function", ...NAMES);
    const part = `${one(next, names)}=${one(next, VALUES)}`;
    return next() < 0.5 ? `${link}&${part}` : `${part}&${link}`;
  },
];

/** A damaged link. @param {string} link @param {() => number} next */
export function mutated(link, next) {
  let damaged = link;
  const times = 1 + Math.floor(next() * 4);
  for (let i = 0; i < times; i += 1) damaged = one(next, WAYS)(damaged, next);
  return damaged;
}

/** Links that the page wrote. */
export const LINKS = [
  "program=x+%3D+-2%0Ay+%3D+5%0Az+%3D+-4%0Aq+%3D+x+%2B+y%0Af+%3D+q+*+z&values=x:1.5;y:-0;z:NaN&step=3&jacobian=explicit&chosen=q&tab=paper",
  "program=w+%3D+%5B%5B1,+2%5D,+%5B3,+4%5D%5D%0Ax+%3D+%5B5,+6%5D%0As+%3D+w+@+x%0Af+%3D+sum(s+*+s)&values=w:1,0,0,-2;x:3,4&upstream=2.5&chosen=w,s,0&tab=jacobian&operand=1&element=2",
  "program=def+g(a):%0A++++return+sigmoid(a)%0Ax+%3D+1%0Ay+%3D+g(x)+%2B+g(2+*+x)&tangents=x:2&open=y/g;y/g:sigmoid&closed=y/g%232&folded=y&copies=yes&mode=both&derivative=yes&code=autograd-function&function=g&pane=code",
  "program=x+%3D+%5B%5B1,2,3%5D%5D%0Aw+%3D+%5B%5B1%5D,%5B2%5D,%5B3%5D%5D%0Ay+%3D+x+@+w&upstream=Infinity&chosen=x,y,0&tab=sizes&pair=y;x&sizes=64,4096,4096&pane=order",
  "program=%CE%B1+%3D+1e-3+%23+%CF%80+%26+%3Cb%3E%0Af+%3D+%CE%B1+**+2&mode=forward&step=0&pane=hessian",
];
