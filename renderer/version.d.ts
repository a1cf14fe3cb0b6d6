/** Version of the application; the build fills it in. */
declare const PRODUCT_VERSION: string;
