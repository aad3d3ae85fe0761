// What demo/build.mjs knows of the project when it builds the page.

declare const BUILT: {
  /** Of the package. */
  readonly version: string;
  /** Names of the files in the folder samples. */
  readonly samples: readonly string[];
};

export const { version, samples } = BUILT;
