package io.understudy.app.demo;

/** Money moved from one account to another, as the client that asked for it remembers it. */
record Transfer(long id, int from, int to, long amount) {}
