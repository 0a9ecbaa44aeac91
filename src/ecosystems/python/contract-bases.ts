/**
 * Images that run a Python program in a way of their own, so that it needs this very base. Sources: each project's Dockerfile and
 * README (bitnami/containers, nginx/unit, tiangolo/uvicorn-gunicorn-docker, apache/beam sdks/python/container,
 * GoogleCloudPlatform/python-runtime@d4b451a, GoogleCloudPlatform/DataflowTemplates, jupyter/docker-stacks).
 */
const contracts: readonly (readonly [image: RegExp, does: string])[] = [
  [/(^|\/)google[_-]appengine\/python$|^launcher\.gcr\.io\/google\/python$/, 'brings several interpreters below /opt'],
  [/(^|\/)dataflow-templates-base\/python/, 'starts the pipeline through its own launcher'],
  [/(^|\/)beam_python[\d.]+_sdk$/, 'starts the worker through the program /opt/apache/beam/boot'],
  [/(^|\/)bitnami(legacy|secure)?\/python$/, 'keeps its Python in /opt/bitnami'],
  [/^unit$|(^|\/)nginx\/unit$/, 'loads the application into NGINX Unit'],
  [
    /^tiangolo\/(uvicorn-gunicorn|meinheld-gunicorn|uwsgi-nginx)/,
    'starts the application through scripts of its own and settings in variables',
  ],
  [/(^|\/)(jupyter|jupyterhub)\/[\w-]+$/, 'starts Jupyter through scripts of its own in a conda environment'],
  [/(^|\/)(continuumio|condaforge|mambaorg)\/[\w-]+$/, 'keeps its Python in a conda environment'],
  [/(^|\/)apache\/airflow$/, 'starts Airflow through a script of its own'],
  [/(^|\/)lambda\/python$|^amazon\/aws-lambda-python$/, 'starts the program through the Lambda runtime'],
];

/** What an image does for the program that no other base does; `undefined`: nothing is known of that kind. */
export function contractOf(image: string): string | undefined {
  const repository = image
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '')
    .replace(/^docker\.io\/(library\/)?/, '');
  return contracts.find(([pattern]) => pattern.test(repository))?.[1];
}
