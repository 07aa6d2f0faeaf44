/*
 * check_c.c - rows.h says what a model says of its rows; it.c is the model as C. Are they the same, bit
 * for bit in links and contributions, to 1e-12 in scores?
 */
#define IT_DECLARATIONS_ONLY
#include "it.c"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct said {
    struct it_row row;
    double link[IT_CLASSES];
    double score[IT_CLASSES];
    double contribution[IT_CLASSES][IT_TERMS];
};

static const struct said said[] = {
#include "rows.h"
};

static int differ(const double *left, const double *right, int count)
{
    int wrong = 0;
    for (int i = 0; i < count; i++) {
        wrong += memcmp(&left[i], &right[i], sizeof left[i]) != 0;
    }
    return wrong;
}

static int score_differs(double left, double right)
{
    const double size = fabs(right) > 1 ? fabs(right) : 1;
    return !(fabs(left - right) <= 1e-12 * size);
}

int main(void)
{
    const size_t rows = sizeof said / sizeof said[0];
    int wrong = 0;
    for (size_t r = 0; r < rows; r++) {
        double link[IT_CLASSES];
        double score[IT_CLASSES];
        for (int c = 0; c < IT_CLASSES; c++) {
            double contribution[IT_TERMS];
#ifdef WITH_CLASSES
            const double sum = it_contributions(&said[r].row, c, contribution);
#else
            const double sum = it_contributions(&said[r].row, contribution);
#endif
            wrong += differ(&sum, &said[r].link[c], 1);
            wrong += differ(contribution, said[r].contribution[c], IT_TERMS);
        }
#ifdef WITH_CLASSES
        it_link(&said[r].row, link);
        it_score(&said[r].row, score);
#else
        link[0] = it_link(&said[r].row);
        score[0] = it_score(&said[r].row);
#endif
        wrong += differ(link, said[r].link, IT_CLASSES);
        for (int c = 0; c < IT_CLASSES; c++) {
            wrong += score_differs(score[c], said[r].score[c]);
        }
    }
    if (strcmp(it_term(0), "age") != 0 || it_term(IT_TERMS) != NULL || it_term(-1) != NULL) {
        printf("not true: terms have their names\n");
        wrong++;
    }
#ifdef WITH_CLASSES
    if (strcmp(it_class(0), "no") != 0 || it_class(IT_CLASSES) != NULL) {
        printf("not true: classes have their names\n");
        wrong++;
    }
#endif
    if (rows < 100 || wrong > 0) {
        printf("not true: all values of %d rows are the model's: %d are not\n", (int)rows, wrong);
        return 1;
    }
    return 0;
}
