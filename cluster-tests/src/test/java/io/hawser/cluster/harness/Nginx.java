package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * nginx as a TLS server for HTTP/1.1 and HTTP/2. Every path answers with its id; below {@code /files/} are the files of
 * {@link #files()}. May be killed and started again, at the same address.
 */
public final class Nginx implements Backend, AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String id;
    private final Path directory;
    private final Place place;
    private final ReservedPort port;
    private OsProcess process;

    /**
     * @param place the port's
     * @param more directives of the server
     */
    Nginx(String id, Path directory, Place place, ReservedPort port, Certificates certificates, String more)
            throws IOException {
        this.id = id;
        this.place = place;
        this.directory = directory;
        this.port = port;
        Files.createDirectories(files());
        Certificates.Server certificate = certificates.server(id);
        // One process, so that its end is the end of all its connections.
        Files.writeString(
                directory.resolve("nginx.conf"),
                """
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr warn;
                events { worker_connections 8192; }
                http {
                  access_log off;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                  keepalive_requests 10000000;
                  client_max_body_size 0;
                  sendfile on;
                  ssl_certificate %s;
                  ssl_certificate_key %s;
                  ssl_protocols TLSv1.2 TLSv1.3;
                  ssl_session_cache shared:tls:10m;
                  ssl_early_data on;
                  server {
                    listen %s ssl http2 reuseport backlog=4096;
                    %s
                    location / {
                      default_type text/plain;
                      add_header X-Backend %s;
                      add_header X-Early $ssl_early_data;
                      add_header X-Resumed $ssl_session_reused;
                      return 200 "%s\\n";
                    }
                    location /files/ { root .; }
                  }
                }
                """
                        .formatted(
                                certificate.certificate(),
                                certificate.key(),
                                Configuration.text(port.address()),
                                more,
                                id,
                                id));
        this.process = launch();
    }

    private OsProcess launch() throws IOException {
        OsProcess started = OsProcess.start(
                id,
                place.command(List.of(Tool.NGINX.path(), "-e", "stderr", "-p", directory + "/", "-c", "nginx.conf")),
                directory,
                Map.of());
        try {
            Ports.awaitListening(place, port.address(), started, TIMEOUT);
            return started;
        } catch (AssertionError e) {
            started.close();
            throw e;
        }
    }

    /** Kills it, if it runs, and starts it again. */
    public void restart() throws IOException {
        process.close();
        process = launch();
    }

    /** Kills it: its connections are reset, its port refuses. */
    public void kill() {
        process.close();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public InetSocketAddress address() {
        return port.address();
    }

    /** The directory that it serves as {@code /files/}. */
    public Path files() {
        return directory.resolve("files");
    }

    public OsProcess process() {
        return process;
    }

    @Override
    public void close() throws IOException {
        process.close();
        port.close();
    }
}
