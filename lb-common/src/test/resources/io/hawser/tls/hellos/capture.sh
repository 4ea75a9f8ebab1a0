#!/bin/bash
# Makes the captures in this folder anew: capture.sh CLASSES JAVA17 JAVA25
# CLASSES is lb-common/target/test-classes; the others are the homes of two JDKs. Needs openssl, gnutls-cli, curl,
# node and chromium. Everything happens on the loopback, on ports that the kernel gives.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
classes=$1 java17=$2 java25=$3
work=$(mktemp -d)
started=()
finish() {
    for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null

wait_for() { # FILE PATTERN: the first match
    local _
    for _ in $(seq 200); do
        if grep -qoE "$2" "$1" 2>/dev/null; then grep -oE "$2" "$1" | head -1; return; fi
        sleep 0.05
    done
    echo "no '$2' in $1" >&2
    return 1
}

serve() { # NAME OPTIONS...: sets server_port
    openssl s_server -accept 127.0.0.1:0 -cert "$work/cert.pem" -key "$work/key.pem" -www "${@:2}" \
        >"$work/$1.server" 2>&1 </dev/null &
    started+=($!)
    server_port=$(wait_for "$work/$1.server" 'ACCEPT 127.0.0.1:[0-9]+' | grep -oE '[0-9]+$')
}

tap() { # NAME: sets port
    "$java17/bin/java" -cp "$classes" io.hawser.tls.capture.HelloTap "$server_port" "$here/$1" >"$work/$1.tap" &
    started+=($!)
    port=$(wait_for "$work/$1.tap" '^[0-9]+$')
}

openssl_twice() { # OPTIONS...
    local request='GET / HTTP/1.0\r\n\r\n'
    (printf "$request"; sleep 1) | timeout 10 openssl s_client -connect "127.0.0.1:$port" -servername shop.example.com \
        -sess_out "$work/session" "$@" >/dev/null 2>&1 || true
    (printf "$request"; sleep 1) | timeout 10 openssl s_client -connect "127.0.0.1:$port" -servername shop.example.com \
        -sess_in "$work/session" "$@" >/dev/null 2>&1 || true
    rm -f "$work/session"
}

serve tickets
tap openssl-tls13 && openssl_twice -tls1_3 -alpn h2,http/1.1
tap openssl-tls12 && openssl_twice -tls1_2 -alpn http/1.1
tap openssl-any && openssl_twice
tap gnutls-tls13 && printf 'GET / HTTP/1.0\r\n\r\n' | timeout 30 gnutls-cli --insecure --resume --waitresumption -p "$port" \
    --sni-hostname shop.example.com --alpn h2 --alpn http/1.1 127.0.0.1 >/dev/null 2>&1 || true
tap gnutls-tls12 && printf 'GET / HTTP/1.0\r\n\r\n' | timeout 30 gnutls-cli --insecure --resume -p "$port" \
    --priority NORMAL:-VERS-ALL:+VERS-TLS1.2 --sni-hostname shop.example.com 127.0.0.1 >/dev/null 2>&1 || true
tap curl && curl -m 10 -sko /dev/null --resolve "shop.example.com:$port:127.0.0.1" "https://shop.example.com:$port/" || true
tap curl-by-address && curl -m 10 -sko /dev/null "https://127.0.0.1:$port/" || true
for version in 17 25; do
    home=java$version
    for mode in TLSv1.2 TLSv1.3 http; do
        tap "java$version-$mode" && timeout 30 "${!home}/bin/java" -cp "$classes" io.hawser.tls.capture.JavaClient "$port" "$mode" || true
    done
done
tap node && timeout 30 node -e "
    const request = (port, done) => require('https').get(
        {port, host: '127.0.0.1', servername: 'shop.example.com', rejectUnauthorized: false, agent},
        response => response.resume().on('end', () => setTimeout(done, 200)));
    const agent = new (require('https').Agent)({keepAlive: false});
    request($port, () => request($port, () => {}));" || true
tap chromium && for visit in 1 2; do
    timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync --ignore-certificate-errors \
        --host-resolver-rules="MAP shop.example.com 127.0.0.1" --user-data-dir="$work/profile-$visit" \
        --dump-dom "https://shop.example.com:$port/" >/dev/null 2>&1 || true
done

serve no-tickets -no_ticket
tap openssl-tls12-no-ticket && openssl_twice -tls1_2 -no_ticket
tap openssl-tls13-stateful && openssl_twice -tls1_3

# This server speaks only a group that the client sends no key for.
serve retry -groups P-521
tap openssl-retry && openssl_twice -tls1_3 -groups X25519:P-521
ls -l "$here"
