// Where a picture lies in the input of a network, and where a point of the input lies in the picture.
import type { Preprocessing } from '../graph/preprocessing.js';

/** A rectangle in pixels; the edges may lie between pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** `part` of the picture is scaled to `width` × `height`, and the corner of that is put at (`left`, `top`) of the input. */
export interface Fit extends Size {
  readonly part: Box;
  readonly left: number;
  readonly top: number;
}

export function fitOf(picture: Size, { size: [height, width], fit, shorterSide, placement }: Preprocessing): Fit {
  const part = { left: 0, top: 0, right: picture.width, bottom: picture.height };
  if (fit === 'stretch') return { part, width, height, left: 0, top: 0 };
  if (fit === 'letterbox') {
    const scale = Math.min(width / picture.width, height / picture.height);
    const scaled = { width: scaledSide(picture.width * scale, width), height: scaledSide(picture.height * scale, height) };
    const corner =
      placement === 'center' ? { left: (width - scaled.width) >> 1, top: (height - scaled.height) >> 1 } : { left: 0, top: 0 };
    return { part, ...scaled, ...corner };
  }
  if (shorterSide === undefined) return { part: centerBox(picture, width / height), width, height, left: 0, top: 0 };
  const shorter = Math.min(picture.width, picture.height);
  const scaled = {
    width: Math.floor((shorterSide * picture.width) / shorter),
    height: Math.floor((shorterSide * picture.height) / shorter),
  };
  return { part, ...scaled, left: -halfToEven(scaled.width - width), top: -halfToEven(scaled.height - height) };
}

/** Whole pixels of the scaled picture. */
export interface Window extends Size {
  readonly left: number;
  readonly top: number;
}

/** What of the scaled picture an input of this size shows. */
export function windowOf(fit: Fit, input: Size): Window {
  return {
    left: Math.max(0, -fit.left),
    top: Math.max(0, -fit.top),
    width: Math.min(input.width, fit.width),
    height: Math.min(input.height, fit.height),
  };
}

/** A box of the input in pixels of the picture, cut off at the picture's edges. */
export function toPicture({ part, width, height, left, top }: Fit, picture: Size, box: Box): Box {
  const across = (x: number) => clamp(part.left + ((x - left) * (part.right - part.left)) / width, picture.width);
  const down = (y: number) => clamp(part.top + ((y - top) * (part.bottom - part.top)) / height, picture.height);
  return { left: across(box.left), top: down(box.top), right: across(box.right), bottom: down(box.bottom) };
}

/** A point of the picture in pixels of the input. */
export function toInput({ part, width, height, left, top }: Fit, { x, y }: Point): Point {
  return {
    x: left + ((x - part.left) * width) / (part.right - part.left),
    y: top + ((y - part.top) * height) / (part.bottom - part.top),
  };
}

/** The largest box of the given proportions (width / height) about the centre of the picture. */
function centerBox({ width, height }: Size, proportions: number): Box {
  const boxW = Math.min(width, height * proportions);
  const boxH = Math.min(height, width / proportions);
  return { left: (width - boxW) / 2, top: (height - boxH) / 2, right: (width + boxW) / 2, bottom: (height + boxH) / 2 };
}

/** Whole pixels, at least one and at most `most`. */
function scaledSide(side: number, most: number): number {
  return Math.min(most, Math.max(1, Math.round(side)));
}

/** n / 2 as Python's round gives it, for torchvision cuts there. */
function halfToEven(n: number): number {
  const half = Math.floor(n / 2);
  return n % 2 === 0 ? half : half + (half % 2);
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
