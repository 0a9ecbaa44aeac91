#include <Python.h>


static PyObject *library(PyObject *self, PyObject *none) { return PyLong_FromLong(PY_VERSION_HEX); }
static PyMethodDef methods[] = {{"library", library, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&module); }
