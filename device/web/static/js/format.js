// Numbers and times as people read them.
import { measureOf } from "./bootstrap.js";

const minus = (text) => text.replace("-", "\u2212");

export const digits = (name, value, extra = 0) => {
  const text = value.toFixed(measureOf(name).decimals + extra);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
};

/** A value with its unit; a degree sign sits close, words stand apart. */
export const withUnit = (name, value, extra = 0) => {
  const { unit } = measureOf(name);
  const gap = unit === "°" || unit === "/min" || unit === "" ? "" : "\u00a0";
  return `${digits(name, value, extra)}${gap}${unit}`;
};

/** Seconds as minutes:seconds. */
export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = `${String(Math.floor(whole / 60) % 60)}:${String(whole % 60).padStart(2, "0")}`;
  return hours ? `${hours}:${rest.padStart(5, "0")}` : rest;
};
