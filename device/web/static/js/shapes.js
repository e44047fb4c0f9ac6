// State is never colour alone: each has its shape.
const svg = (size, inner) => `<svg width="${size}" height="${size}" viewBox="0 0 24 24" aria-hidden="true">${inner}</svg>`;

export const circle = svg(16, '<circle cx="12" cy="12" r="10" fill="currentColor"/>');
export const ring = svg(16, '<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="3"/>');
export const diamond = svg(19, '<path d="M12 1l11 11-11 11L1 12z" fill="currentColor"/>');
export const waiting = svg(16, '<circle cx="12" cy="12" r="9.5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-dasharray="4 3.4"/>');
export const triangle = svg(18, '<path d="M12 2 23.5 22H.5z" fill="currentColor"/><path d="M12 9v6M12 18v.8" stroke="var(--eq-soft)" stroke-width="2.4" stroke-linecap="round"/>');
export const warning = svg(24, '<path d="M12 3 23 21H1z" fill="currentColor"/><path d="M12 10v5M12 17.6v.6" stroke="var(--eq-soft)" stroke-width="2.2" stroke-linecap="round"/>');
export const tick = svg(20, '<circle cx="12" cy="12" r="9.5" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M7.5 12.4l3 3 6-6.4" fill="none" stroke="var(--tx)" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>');
export const doubt = svg(20, '<path d="M12 3 22 20.5H2z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/><path d="M12 10v4.4M12 17v.6" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>');

/** Put one of these and a word into a chip. */
export function setChip(chip, kind, shape, text) {
  const state = `${kind} ${text}`;
  if (chip.dataset.shown === state) return;
  chip.dataset.shown = state;
  chip.className = `chip ${kind}`;
  chip.innerHTML = shape;
  chip.append(text);
}
