/*
 * math.h - mathematics (C11 7.12): classification, parts of numbers, rounding, square roots
 *
 * The transcendental functions are left out: there is no full libm.
 */
#ifndef _MATH_H
#define _MATH_H

typedef float float_t;
typedef double double_t;

#define HUGE_VAL  __builtin_huge_val()
#define HUGE_VALF __builtin_huge_valf()
#define HUGE_VALL __builtin_huge_vall()
#define INFINITY  __builtin_inff()
#define NAN       __builtin_nanf("")

#define FP_NAN       0
#define FP_INFINITE  1
#define FP_ZERO      2
#define FP_SUBNORMAL 3
#define FP_NORMAL    4
#define FP_ILOGB0    (-2147483647 - 1)
#define FP_ILOGBNAN  (-2147483647 - 1)

#define MATH_ERRNO       1
#define MATH_ERREXCEPT   2
#define math_errhandling MATH_ERREXCEPT

#define fpclassify(x)        __builtin_fpclassify(FP_NAN, FP_INFINITE, FP_NORMAL, FP_SUBNORMAL, FP_ZERO, x)
#define isfinite(x)          __builtin_isfinite(x)
#define isinf(x)             __builtin_isinf(x)
#define isnan(x)             __builtin_isnan(x)
#define isnormal(x)          __builtin_isnormal(x)
#define signbit(x)           (__builtin_signbit(x) != 0)
#define isgreater(x, y)      __builtin_isgreater(x, y)
#define isgreaterequal(x, y) __builtin_isgreaterequal(x, y)
#define isless(x, y)         __builtin_isless(x, y)
#define islessequal(x, y)    __builtin_islessequal(x, y)
#define islessgreater(x, y)  __builtin_islessgreater(x, y)
#define isunordered(x, y)    __builtin_isunordered(x, y)

#define M_E        2.7182818284590452354
#define M_LOG2E    1.4426950408889634074
#define M_LOG10E   0.43429448190325182765
#define M_LN2      0.69314718055994530942
#define M_LN10     2.30258509299404568402
#define M_PI       3.14159265358979323846
#define M_PI_2     1.57079632679489661923
#define M_PI_4     0.78539816339744830962
#define M_1_PI     0.31830988618379067154
#define M_2_PI     0.63661977236758134308
#define M_2_SQRTPI 1.12837916709551257390
#define M_SQRT2    1.41421356237309504880
#define M_SQRT1_2  0.70710678118654752440

double ceil(double x);
double copysign(double x, double y);
double fabs(double x);
double fdim(double x, double y);
double floor(double x);
double fmax(double x, double y);
double fmin(double x, double y);
double fmod(double x, double y);
double frexp(double x, int *exponent);
int ilogb(double x);
double ldexp(double x, int exponent);
double logb(double x);
long lrint(double x);
long lround(double x);
long long llrint(double x);
long long llround(double x);
double modf(double x, double *integral);
double nan(const char *tag);
double nearbyint(double x);
double nextafter(double x, double y);
double remainder(double x, double y);
double rint(double x);
double round(double x);
double scalbln(double x, long exponent);
double scalbn(double x, int exponent);
double sqrt(double x);
double trunc(double x);

float ceilf(float x);
float copysignf(float x, float y);
float fabsf(float x);
float floorf(float x);
float fmaxf(float x, float y);
float fminf(float x, float y);
float fmodf(float x, float y);
float frexpf(float x, int *exponent);
float ldexpf(float x, int exponent);
long lroundf(float x);
float modff(float x, float *integral);
float rintf(float x);
float roundf(float x);
float scalbnf(float x, int exponent);
float sqrtf(float x);
float truncf(float x);

long double copysignl(long double x, long double y);
long double fabsl(long double x);
long double fmodl(long double x, long double y);
long double frexpl(long double x, int *exponent);
long double ldexpl(long double x, int exponent);
long double scalbnl(long double x, int exponent);
long double sqrtl(long double x);

#endif
