package io.hawser.config;

/** What a text in the configuration stands for, and so what it must look like. */
enum TextKind {
    FREE,
    ID,
    HOST,
    HOST_NAME,
    HOST_NAME_PATTERN,
    ALPN,
    URL_PATH,
    ACCESS_LOG
}
