/**
 * Programs that come with an operating system layer. Lists: `dpkg -L` of the essential packages of Debian 12, the applets of
 * Alpine's BusyBox, the package lists of buildpack-deps@8330ca1.
 */
import type { Presence } from './image.ts';
import type { Release } from './release.ts';

/** What an image is built on, as far as programs are concerned. */
export type Layer =
  | 'debian'
  | 'debian+certificates'
  | 'buildpack-curl'
  | 'buildpack-scm'
  | 'buildpack'
  | 'ubuntu'
  | 'alpine'
  | 'amazon'
  | 'redhat'
  | 'none'
  | 'unknown';

const COREUTILS =
  words(`[ arch b2sum base32 base64 basename cat chgrp chmod chown chroot cksum comm cp csplit cut date dd df dir
  dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln logname ls md5sum
  mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv printf ptx pwd readlink realpath rm
  rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee
  test timeout touch tr true truncate tsort tty uname unexpand uniq unlink users vdir wc who whoami yes`);

/** Present in every Debian and Ubuntu image, slim or not. */
const DEBIAN = [
  ...COREUTILS,
  ...words(`sh bash dash rbash sed grep egrep fgrep gzip gunzip zcat zgrep tar find xargs cmp diff diff3 sdiff awk mawk perl
  apt apt-get apt-cache apt-config apt-mark dpkg dpkg-query update-alternatives start-stop-daemon useradd userdel usermod
  groupadd groupdel groupmod passwd chpasswd chage chsh gpasswd newgrp su runuser setpriv flock getopt logger more mount umount
  mountpoint nsenter renice rev script setsid unshare whereis lscpu lsblk hostname ldconfig ldd getent getconf iconv locale
  localedef run-parts tempfile which debconf-set-selections dpkg-reconfigure invoke-rc.d service update-rc.d pidof clear reset
  tput tic infocmp`),
];

const ALPINE =
  words(`[ [[ acpid adduser addgroup arch arping ash awk base64 basename bc bunzip2 bzcat bzip2 cal cat chgrp chmod
  chown chpasswd chroot cksum clear cmp comm cp cpio crond crontab cryptpw cut date dc dd delgroup deluser df diff dirname dmesg
  dnsdomainname dos2unix du echo egrep env expand expr factor fallocate false fgrep find flock fold free fsync fuser getopt getty
  grep groups gunzip gzip halt head hexdump hostid hostname id ifconfig install ionice iostat ip ipaddr ipcalc kill killall less
  link ln logger login ls lsof lzcat lzma md5sum mkdir mkfifo mknod mkpasswd mktemp more mount mountpoint mv nc netstat nice nl
  nmeter nohup nologin nproc nsenter nslookup od passwd paste pgrep pidof ping ping6 pkill pmap printenv printf ps pstree pwd
  readlink realpath renice reset rev rm rmdir route run-parts sed seq setsid sh sha1sum sha256sum sha3sum sha512sum shred shuf
  sleep sort split stat strings stty su sum sync sysctl tac tail tar tee test time timeout top touch tr traceroute tree true
  truncate tty ttysize umount uname unexpand uniq unix2dos unlink unlzma unshare unxz unzip uptime usleep uudecode uuencode vi
  vlock watch wc wget which whoami whois xargs xxd xzcat yes zcat apk getent getconf iconv ldd ssl_client`);

/** Minimal Red Hat-like images and Amazon Linux: the part that is certain. */
const RPM = [...COREUTILS, ...words('sh bash sed grep awk')];

const CERTIFICATES = words('update-ca-certificates openssl c_rehash');
const BUILDPACK_CURL = [...DEBIAN, ...CERTIFICATES, ...words('curl wget gpg gpgv gpgconf dirmngr')];
const BUILDPACK_SCM = [
  ...BUILDPACK_CURL,
  ...words('git hg svn ssh scp sftp ssh-keygen ssh-keyscan ps top free pgrep pkill kill watch uptime vmstat w python3'),
];
const BUILDPACK = [
  ...BUILDPACK_SCM,
  ...words(`gcc g++ cc c++ cpp ld ar as nm objdump objcopy ranlib strip readelf make autoconf automake libtool libtoolize file patch
  unzip bzip2 bunzip2 xz unxz pkg-config convert identify mogrify mysql_config pg_config dpkg-buildpackage m4 autoreconf aclocal
  strings curl-config xml2-config`),
];

/** Programs people call that no bare OS image has: their absence from a closed list is a fact, not a gap. */
const ADDED =
  words(`curl wget git hg svn ssh scp sftp ssh-keygen rsync gcc g++ cc c++ make cmake ninja pkg-config autoconf automake
  libtool patch file strings ld ar python python2 python3 pip pip3 pipenv poetry uv pdm conda gunicorn uvicorn hypercorn uwsgi celery
  flask django-admin streamlit node nodejs npm npx yarn yarnpkg pnpm corepack bun deno tsc ts-node tsx nodemon pm2 serve http-server
  next nest ng vite java javac jar jshell jlink mvn gradle ant sbt kotlin scala go gofmt cargo rustc rustup ruby gem bundle bundler
  rake rails irb puma php composer php-fpm docker-php-ext-install dotnet pwsh elixir mix erl iex dart swift ghc stack cabal perl
  lua R Rscript julia ps top pgrep pkill kill free watch uptime nc ncat netcat telnet ping traceroute dig nslookup host ip
  ifconfig netstat ss lsof strace gdb tcpdump jq yq zip unzip bzip2 xz unxz zstd 7z vim vi nano less ed sudo gosu su-exec tini
  dumb-init supervisord supervisorctl s6-svscan runit runsvdir cron crond crontab systemctl nginx apache2 apache2ctl httpd
  apachectl caddy lighttpd haproxy redis-server redis-cli mysql mysqld mysqladmin mysqldump mariadb psql pg_dump pg_isready
  postgres sqlite3 mongo mongosh mongod openssl gpg update-ca-certificates envsubst gettext msgfmt locale-gen ffmpeg ffprobe
  convert identify magick gs pdftotext pdftoppm tesseract wkhtmltopdf chromium chromium-browser google-chrome firefox xvfb-run
  Xvfb dot pandoc soffice libreoffice latex pdflatex docker kubectl helm terraform aws gcloud az gsutil adduser addgroup
  useradd groupadd usermod apt apt-get apk yum dnf microdnf bash zsh fish ash busybox doas catalina.sh consul vault
  wait-for-it wait-for dockerize goose migrate air templ swag protoc buf rg fd tree hexdump xxd bc crontab`);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

const PRESENT: Readonly<Record<Layer, ReadonlySet<string>>> = {
  debian: new Set(DEBIAN),
  'debian+certificates': new Set([...DEBIAN, ...CERTIFICATES]),
  'buildpack-curl': new Set(BUILDPACK_CURL),
  'buildpack-scm': new Set(BUILDPACK_SCM),
  buildpack: new Set(BUILDPACK),
  ubuntu: new Set(DEBIAN),
  alpine: new Set([...ALPINE, 'busybox']),
  amazon: new Set([...RPM, 'curl', 'rpm', 'yum']),
  redhat: new Set([...RPM, 'rpm']),
  none: new Set(),
  unknown: new Set(),
};

const OFTEN_ADDED: ReadonlySet<string> = new Set(ADDED);

/** What the sources leave open for a layer. */
const OPEN: Readonly<Record<Layer, ReadonlySet<string>>> = {
  debian: new Set(),
  'debian+certificates': new Set(),
  'buildpack-curl': new Set(),
  'buildpack-scm': new Set(['less', 'ed', 'python']),
  buildpack: new Set(['magick', 'gs', 'less', 'ed', 'file', 'gettext', 'msgfmt', 'dot', 'python']),
  ubuntu: new Set(words('adduser addgroup ps top pgrep pkill kill free watch uptime')),
  alpine: new Set(),
  amazon: new Set(OFTEN_ADDED),
  redhat: new Set(OFTEN_ADDED),
  none: new Set(),
  unknown: new Set(),
};

/** Is the program part of that layer? `none` is closed: what is not added by the image itself is absent. */
export function inLayer(layer: Layer, release: Release | undefined, tool: string): Presence {
  if (layer === 'none') return 'absent';
  if (layer === 'unknown') return 'unknown';
  if (tool === 'adduser' || tool === 'addgroup') return adduser(layer, release);
  if (tool === 'python3' && layer.startsWith('buildpack') && before(release, 11)) return 'unknown';
  if (PRESENT[layer].has(tool)) return 'present';
  if (OPEN[layer].has(tool)) return 'unknown';
  return OFTEN_ADDED.has(tool) ? 'absent' : 'unknown';
}

/** Mercurial, through which the full images have python3, ran on Python 2 before Debian 11. */
function before(release: Release | undefined, debian: number): boolean {
  return release === undefined || (release.distro === 'debian' && Number(release.version) < debian);
}

/** Debian's perl `adduser` came with apt up to Debian 12; Debian 13 images have only useradd and groupadd. */
function adduser(layer: Layer, release: Release | undefined): Presence {
  if (layer === 'alpine') return 'present';
  if (release?.distro !== 'debian') return 'unknown';
  return Number(release.version) >= 13 || release.version === 'sid' ? 'absent' : 'present';
}
