"""The configuration of nginx and php-fpm for one wiki."""

import json
import os
from pathlib import Path

from .php import Software

HERE = Path(__file__).parent
WORKERS = 4
# nginx inherits none of these into a location that has one of its own.
FASTCGI = """
fastcgi_param QUERY_STRING $query_string;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
fastcgi_param REQUEST_URI $request_uri;
fastcgi_param DOCUMENT_URI $document_uri;
fastcgi_param SERVER_PROTOCOL $server_protocol;
fastcgi_param REQUEST_SCHEME $scheme;
fastcgi_param GATEWAY_INTERFACE CGI/1.1;
fastcgi_param REMOTE_ADDR $remote_addr;
fastcgi_param REMOTE_PORT $remote_port;
fastcgi_param SERVER_ADDR $server_addr;
fastcgi_param SERVER_PORT $server_port;
fastcgi_param SERVER_NAME $server_name;
fastcgi_param HTTP_HOST $http_host;
fastcgi_pass "unix:{runtime}/fpm.sock";
"""
FPM = """
[global]
error_log = {runtime}/fpm.log
daemonize = no
log_level = warning
[wiki]
listen = {runtime}/fpm.sock
pm = static
pm.max_children = {workers}
pm.status_path = /-status
clear_env = no
"""
NGINX = """
{user}
daemon off;
worker_processes 1;
pid {runtime}/nginx.pid;
error_log {runtime}/nginx.log warn;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_max_body_size 64m;
  client_body_temp_path {runtime}/nginx-body;
  fastcgi_temp_path {runtime}/nginx-fastcgi;
  proxy_temp_path {runtime}/nginx-proxy;
  scgi_temp_path {runtime}/nginx-scgi;
  uwsgi_temp_path {runtime}/nginx-uwsgi;
  types {{ text/css css; text/javascript js; image/png png; image/svg+xml svg; image/gif gif; }}
  keepalive_timeout 60s;
  keepalive_requests 1000000;
  fastcgi_read_timeout 300s;
  fastcgi_buffers 16 64k;
  fastcgi_buffer_size 64k;
  server {{
    listen 127.0.0.1:{port};
    server_name 127.0.0.1;
    root "{mediawiki}";
    location = / {{ return 302 /wiki/Main_Page; }}
    location ~ ^/(?<script>api|index|load|rest|thumb|opensearch_desc)\\.php(?<rest>/|$) {{
      fastcgi_split_path_info ^(/[a-z_]+\\.php)(.*)$;
      fastcgi_param PATH_INFO $fastcgi_path_info;
      fastcgi_param SCRIPT_NAME $fastcgi_script_name;
      fastcgi_param SCRIPT_FILENAME "{mediawiki}$fastcgi_script_name";
      include {runtime}/fastcgi.conf;
    }}
    location /wiki/ {{ rewrite ^ /index.php last; }}
    location /images/ {{ alias "{data}/images/"; }}
    location ~ ^/(resources|skins|extensions)/.*\\.(css|js|png|svg|gif)$ {{ }}
    location = /-status {{
      fastcgi_param SCRIPT_NAME /-status;
      fastcgi_param SCRIPT_FILENAME /-status;
      include {runtime}/fastcgi.conf;
    }}
    location ~ ^/-clear/(?<clear>all|some)$ {{
      fastcgi_param SCRIPT_FILENAME "{here}/site/control.php";
      fastcgi_param WIKI_CLEAR $clear;
      fastcgi_param WIKI_RUNTIME "{runtime}";
      include {runtime}/fastcgi.conf;
    }}
    location / {{ return 404; }}
  }}
}}
"""


def write(runtime: Path, data: Path, l10n: Path, port: int, software: Software) -> None:
    """Put everything that the supervisor needs into ``runtime``."""
    values = {"runtime": runtime, "data": data, "mediawiki": software.mediawiki, "here": HERE, "port": port}
    user = "user root;" if os.geteuid() == 0 else ""
    (runtime / "nginx.conf").write_text(NGINX.format(**values, user=user))
    (runtime / "fastcgi.conf").write_text(FASTCGI.format(runtime=runtime))
    (runtime / "fpm.conf").write_text(FPM.format(runtime=runtime, workers=WORKERS))
    (runtime / "uncached").write_text(f"{data}/local.php\n")
    environment = {**software.environment(), "MW_CONFIG_FILE": str(data / "LocalSettings.php"), "WIKI_L10N": str(l10n)}
    environment["WIKI_ISSUED"] = str(runtime / "issued")
    plan = {"commands": [_fpm(runtime, software), _nginx(runtime, software)], "environment": environment}
    (runtime / "commands.json").write_text(json.dumps(plan))


def _fpm(runtime: Path, software: Software) -> list[str]:
    # Nothing but local.php ever changes, and opcache would see changes within a second too late.
    settings = {
        "auto_prepend_file": f"{HERE}/site/issued.php",
        "opcache.validate_timestamps": "0",
        "opcache.blacklist_filename": f"{runtime}/uncached",
        "opcache.memory_consumption": "128",
        "opcache.max_accelerated_files": "10000",
        "opcache.interned_strings_buffer": "16",
    }
    as_root = ["--allow-to-run-as-root"] if os.geteuid() == 0 else []
    flags = [*software.opcache(), *software.flags(**settings)]
    return [str(software.fpm), *as_root, "--nodaemonize", "--fpm-config", f"{runtime}/fpm.conf", *flags]


def _nginx(runtime: Path, software: Software) -> list[str]:
    return [str(software.nginx), "-e", f"{runtime}/nginx.log", "-p", str(runtime), "-c", f"{runtime}/nginx.conf"]
