/** What is known about modules outside of the standard library. Sources: each module's own documentation and `#cgo` lines. */

/** A module with C code. `packages`: what its program needs at run time besides the C library; `undefined`: not known. */
export interface CgoModule {
  readonly prefix: string;
  readonly packages: readonly { readonly name: string; readonly alpine: string | undefined }[] | undefined;
}

const bundled: CgoModule['packages'] = [];
const cplusplus = [{ name: 'libstdc++6', alpine: 'libstdc++' }];

/** Modules that compile or carry their C code (`bundled`), and modules that link libraries of the system. */
export const cgoModules: readonly CgoModule[] = [
  { prefix: 'github.com/mattn/go-sqlite3', packages: bundled },
  { prefix: 'github.com/mutecomm/go-sqlcipher', packages: bundled },
  { prefix: 'crawshaw.io/sqlite', packages: bundled },
  { prefix: 'github.com/confluentinc/confluent-kafka-go', packages: bundled },
  { prefix: 'github.com/DataDog/zstd', packages: bundled },
  { prefix: 'github.com/valyala/gozstd', packages: bundled },
  { prefix: 'github.com/chai2010/webp', packages: bundled },
  { prefix: 'github.com/tdewolff/canvas', packages: bundled },
  { prefix: 'github.com/marcboeker/go-duckdb', packages: cplusplus },
  { prefix: 'github.com/duckdb/duckdb-go', packages: cplusplus },
  { prefix: 'rogchap.com/v8go', packages: cplusplus },
  { prefix: 'github.com/bytecodealliance/wasmtime-go', packages: cplusplus },
  { prefix: 'github.com/h2non/bimg', packages: [{ name: 'libvips42', alpine: 'vips' }] },
  { prefix: 'github.com/davidbyttow/govips', packages: [{ name: 'libvips42', alpine: 'vips' }] },
  { prefix: 'github.com/pebbe/zmq4', packages: [{ name: 'libzmq5', alpine: 'libzmq' }] },
  { prefix: 'github.com/google/gopacket', packages: [{ name: 'libpcap0.8', alpine: 'libpcap' }] },
  { prefix: 'github.com/gopacket/gopacket', packages: [{ name: 'libpcap0.8', alpine: 'libpcap' }] },
  { prefix: 'gocv.io/x/gocv', packages: undefined },
  { prefix: 'gopkg.in/gographics/imagick', packages: undefined },
  { prefix: 'github.com/libgit2/git2go', packages: undefined },
  { prefix: 'gopkg.in/libgit2/git2go', packages: undefined },
  { prefix: 'github.com/wasmerio/wasmer-go', packages: undefined },
  { prefix: 'github.com/godror/godror', packages: undefined },
  { prefix: 'github.com/mattn/go-oci8', packages: undefined },
  { prefix: 'github.com/otiai10/gosseract', packages: undefined },
  { prefix: 'github.com/kolesa-team/go-webp', packages: undefined },
  { prefix: 'github.com/tensorflow/tensorflow', packages: undefined },
  { prefix: 'github.com/wamuir/graft', packages: undefined },
  { prefix: 'github.com/yalue/onnxruntime_go', packages: undefined },
  { prefix: 'github.com/linxGnu/grocksdb', packages: undefined },
  { prefix: 'github.com/tecbot/gorocksdb', packages: undefined },
  { prefix: 'github.com/hajimehoshi/oto', packages: undefined },
  { prefix: 'github.com/gotk3/gotk3', packages: undefined },
  { prefix: 'github.com/ulikunitz/lz', packages: bundled },
];

/** gopacket's own packages are Go; only these link libpcap. */
export const cgoPackages: readonly string[] = ['github.com/google/gopacket/pcap', 'github.com/gopacket/gopacket/pcap'];

/**
 * Modules that read or write nothing in the file system by themselves and open no TLS connection as a client: routers,
 * encoders, loggers to standard output, identifiers, test tools.
 */
export const quietModules: readonly string[] = [
  'github.com/gin-gonic/gin',
  'github.com/gin-contrib/cors',
  'github.com/gin-contrib/gzip',
  'github.com/gin-contrib/pprof',
  'github.com/gorilla/mux',
  'github.com/gorilla/handlers',
  'github.com/gorilla/websocket',
  'github.com/gorilla/schema',
  'github.com/go-chi/chi',
  'github.com/go-chi/cors',
  'github.com/go-chi/render',
  'github.com/labstack/echo',
  'github.com/labstack/gommon',
  'github.com/gofiber/fiber',
  'github.com/valyala/fasthttp',
  'github.com/valyala/quicktemplate',
  'github.com/valyala/bytebufferpool',
  'github.com/valyala/fastjson',
  'github.com/savsgio/atreugo',
  'github.com/savsgio/gotils',
  'github.com/fasthttp/router',
  'github.com/fasthttp/websocket',
  'github.com/julienschmidt/httprouter',
  'github.com/justinas/alice',
  'github.com/urfave/negroni',
  'github.com/rs/cors',
  'github.com/rs/zerolog',
  'github.com/sirupsen/logrus',
  'go.uber.org/zap',
  'go.uber.org/atomic',
  'go.uber.org/multierr',
  'go.uber.org/automaxprocs',
  'github.com/google/uuid',
  'github.com/gofrs/uuid',
  'github.com/satori/go.uuid',
  'github.com/oklog/ulid',
  'github.com/pkg/errors',
  'github.com/stretchr/testify',
  'github.com/mailru/easyjson',
  'github.com/goccy/go-json',
  'github.com/json-iterator/go',
  'github.com/bytedance/sonic',
  'github.com/francoispqt/gojay',
  'github.com/segmentio/encoding',
  'github.com/go-playground/validator',
  'github.com/go-playground/locales',
  'github.com/go-playground/universal-translator',
  'github.com/dgrijalva/jwt-go',
  'github.com/golang-jwt/jwt',
  'github.com/spf13/cobra',
  'github.com/spf13/pflag',
  'github.com/urfave/cli',
  'github.com/fatih/color',
  'github.com/mitchellh/mapstructure',
  'github.com/prometheus/client_golang',
  'github.com/kelseyhightower/envconfig',
  'github.com/caarlos0/env',
  'github.com/golang/protobuf',
  'google.golang.org/protobuf',
  'golang.org/x/sync',
  'golang.org/x/exp',
  'golang.org/x/text',
  'golang.org/x/time',
  'golang.org/x/sys',
  'golang.org/x/crypto/bcrypt',
  'golang.org/x/crypto/argon2',
  'golang.org/x/crypto/sha3',
  'golang.org/x/crypto/pbkdf2',
  'golang.org/x/crypto/scrypt',
  'github.com/panjf2000/gnet',
  'github.com/panjf2000/ants',
  'github.com/go-www/silverlining',
  'github.com/patrickmn/go-cache',
  'github.com/dustin/go-humanize',
  'github.com/jmoiron/sqlx',
  'github.com/swaggo/files',
  'github.com/swaggo/gin-swagger',
  'github.com/swaggo/http-swagger',
  'github.com/swaggo/swag',
  'github.com/samber/lo',
  'github.com/shopspring/decimal',
];

/** Modules that open network connections and otherwise touch no file by themselves: database, cache, queue and API clients. */
export const clientModules: readonly string[] = [
  'github.com/lib/pq',
  'github.com/jackc/pgx',
  'github.com/jackc/pgconn',
  'github.com/go-sql-driver/mysql',
  'github.com/go-redis/redis',
  'github.com/redis/go-redis',
  'github.com/gomodule/redigo',
  'go.mongodb.org/mongo-driver',
  'github.com/globalsign/mgo',
  'gopkg.in/mgo.v2',
  'gorm.io/gorm',
  'gorm.io/driver/postgres',
  'gorm.io/driver/mysql',
  'github.com/jinzhu/gorm',
  'github.com/uptrace/bun',
  'github.com/go-pg/pg',
  'google.golang.org/grpc',
  'github.com/grpc-ecosystem/grpc-gateway',
  'github.com/grpc-ecosystem/go-grpc-middleware',
  'github.com/streadway/amqp',
  'github.com/rabbitmq/amqp091-go',
  'github.com/nats-io/nats.go',
  'github.com/segmentio/kafka-go',
  'github.com/IBM/sarama',
  'github.com/Shopify/sarama',
  'github.com/go-resty/resty',
  'github.com/getsentry/sentry-go',
  'github.com/instana/go-sensor',
  'github.com/opentracing/opentracing-go',
  'github.com/bwmarrin/discordgo',
  'github.com/slack-go/slack',
  'github.com/stripe/stripe-go',
  'github.com/minio/minio-go',
  'github.com/tilt-dev/',
];

/** Modules that write to the file system by themselves, in places that their own settings name. */
export const writingModules: readonly string[] = [
  'github.com/pocketbase/pocketbase',
  'github.com/goravel/framework',
  'github.com/gogf/gf',
  'github.com/beego/beego',
  'github.com/astaxie/beego',
  'github.com/revel/revel',
  'github.com/gobuffalo/buffalo',
  'github.com/blevesearch/bleve',
  'github.com/caddyserver/certmagic',
  'golang.org/x/crypto/acme/autocert',
  'github.com/rifflock/lfshook',
  'github.com/xuri/excelize',
  'github.com/anacrolix/torrent',
  'github.com/go-git/go-git',
  'gopkg.in/src-d/go-git',
  'github.com/lestrrat-go/file-rotatelogs',
  'github.com/lestrrat/go-file-rotatelogs',
];

/** Databases in files; where these lie is said by whoever opens them. */
export const databaseModules: readonly string[] = [
  'github.com/mattn/go-sqlite3',
  'modernc.org/sqlite',
  'github.com/glebarez/sqlite',
  'github.com/glebarez/go-sqlite',
  'gorm.io/driver/sqlite',
  'github.com/marcboeker/go-duckdb',
  'github.com/dgraph-io/badger',
  'github.com/nutsdb/nutsdb',
  'github.com/syndtr/goleveldb',
  'github.com/cockroachdb/pebble',
  'go.etcd.io/bbolt',
  'github.com/boltdb/bolt',
];

/** Modules that write where a call of the program says. */
export const storingModules: readonly string[] = [...databaseModules, 'gopkg.in/natefinch/lumberjack'];

/** Packages for what only root may do by default, and what that is. */
export const privilegedPackages: Readonly<Record<string, string>> = {
  'golang.org/x/net/icmp': 'opening raw sockets',
  'github.com/go-ping/ping': 'opening raw sockets',
  'github.com/prometheus-community/pro-bing': 'opening raw sockets',
  'github.com/google/gopacket/pcap': 'capturing packets',
  'github.com/gopacket/gopacket/pcap': 'capturing packets',
  'github.com/vishvananda/netlink': 'changing network interfaces',
  'github.com/docker/docker/client': 'the socket of the container engine',
  'github.com/fsouza/go-dockerclient': 'the socket of the container engine',
};

/** Does the import path belong to a module (or to a directory of it, or to a later major version)? */
export function belongsTo(imported: string, module: string): boolean {
  return (
    imported === module ||
    imported.startsWith(module.endsWith('/') ? module : `${module}/`) ||
    imported.startsWith(`${module}.v`)
  );
}
