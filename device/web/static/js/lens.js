// What the light's lens looks like in each state; `.lamp` is the part that blinks.
export const LENS = {
  alive: '<circle cx="24" cy="24" r="19.5" fill="none" stroke="var(--edge)" stroke-width="2"/><circle class="lamp" cx="24" cy="24" r="6" fill="var(--tx)"/>',
  cue: '<circle cx="24" cy="24" r="23" fill="var(--cue)" opacity=".28"/><circle class="lamp" cx="24" cy="24" r="18" fill="var(--cue)"/>',
  not_measuring:
    '<circle cx="24" cy="24" r="19.5" fill="none" stroke="var(--edge)" stroke-width="2" stroke-dasharray="5 4"/><circle cx="24" cy="24" r="12.5" fill="none" stroke="var(--tx)" stroke-width="2"/><path class="lamp" d="M24 11.5a12.5 12.5 0 0 1 0 25z" fill="var(--tx)"/>',
  off: '<circle cx="24" cy="24" r="19.5" fill="none" stroke="var(--edge)" stroke-width="2"/><path d="M10.5 37.5 37.5 10.5" stroke="var(--edge)" stroke-width="2"/>',
  fault: '<path d="M24 5 45 42H3z" fill="var(--eq)"/><path d="M24 18v12M24 35v1.6" stroke="var(--s1)" stroke-width="3.6" stroke-linecap="round"/>',
  unknown: '<circle cx="24" cy="24" r="19.5" fill="none" stroke="var(--edge)" stroke-width="2" stroke-dasharray="2 5"/>',
};
