package io.hawser.node.admin;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param body whole, on the heap and of no pool, so that an answer that comes too late can be left to the collector
 * @param headers beyond those that every answer has
 */
record Answer(HttpResponseStatus status, String contentType, ByteBuf body, Map<String, String> headers) {

    static final String JSON = "application/json";

    static Answer json(HttpResponseStatus status, ByteBuf body) {
        return new Answer(status, JSON, body, Map.of());
    }
}
