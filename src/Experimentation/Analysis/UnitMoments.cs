namespace MarketingPlatform.Experimentation.Analysis;

/// <summary>What one arm's units sum up to: count, means, variances and covariances of a metric's numerator and denominator and of a
/// covariate's, in constant memory. Add units one by one, or combine parts.</summary>
/// <remarks>
/// A mean is a ratio whose denominator is 1 for every unit. Moments are updated as in B. P. Welford, Technometrics 4 (1962) 419–420, and
/// combined as in T. F. Chan, G. H. Golub and R. J. LeVeque, The American Statistician 37 (1983) 242–247: no cancellation, however many units.
/// </remarks>
public sealed class UnitMoments
{
    private const int Numerator = 0;
    private const int Denominator = 1;
    private const int Covariate = 2;
    private const int CovariateDenominator = 3;
    private const int Width = 4;

    private readonly double[] _means = [0, 1, 0, 1];
    private readonly double[] _moments = new double[Width * Width];

    /// <value>Units so far.</value>
    public long Units { get; private set; }

    /// <value>Units whose numerator is neither 0 nor 1.</value>
    public long NotBinary { get; private set; }

    /// <value>Units whose numerator is below 0.</value>
    public long Negative { get; private set; }

    /// <value>Units whose numerator is not 0.</value>
    public long Active { get; private set; }

    /// <value>Mean numerator of the active units.</value>
    public double ActiveMean { get; private set; }

    /// <value>Variance of the active units' numerators (n − 1).</value>
    public double ActiveVariance => Active > 1 ? _activeSquares / (Active - 1) : 0;

    private double _activeSquares;

    /// <value>Mean numerator over units.</value>
    public double NumeratorMean => _means[Numerator];

    /// <value>Whether the denominators differ.</value>
    public bool IsRatio => _moments[Denominator * Width + Denominator] > 0;

    /// <value>Mean denominator over units; 1 for a mean.</value>
    public double DenominatorMean => _means[Denominator];

    /// <value>The metric: mean numerator by mean denominator.</value>
    public double Mean => _means[Numerator] / _means[Denominator];

    /// <value>The covariate: mean numerator by mean denominator.</value>
    public double CovariateMean => _means[Covariate] / _means[CovariateDenominator];

    /// <summary>Adds one unit.</summary>
    /// <param name="numerator">The unit's total of the metric; finite.</param>
    public void Add(double numerator)
    {
        Units++;
        var deviation = numerator - _means[Numerator];
        _means[Numerator] += deviation / Units;
        _moments[Numerator] += deviation * (numerator - _means[Numerator]);
        Note(numerator);
    }

    /// <summary>Adds one unit.</summary>
    /// <param name="numerator">The unit's total of the metric; finite.</param>
    /// <param name="denominator">The unit's total of what the metric is per; 1 for a mean.</param>
    /// <param name="covariate">Something known of the unit from before the experiment.</param>
    /// <param name="covariateDenominator">What the covariate is per; 1 for a mean.</param>
    public void Add(double numerator, double denominator, double covariate = 0, double covariateDenominator = 1)
    {
        Units++;
        ReadOnlySpan<double> values = [numerator, denominator, covariate, covariateDenominator];
        Span<double> deviations = stackalloc double[Width];
        for (var i = 0; i < Width; i++)
        {
            deviations[i] = values[i] - (Units == 1 ? 0 : _means[i]);
            _means[i] = Units == 1 ? values[i] : _means[i] + deviations[i] / Units;
        }
        if (Units > 1)
        {
            for (var i = 0; i < Width; i++)
            for (var j = 0; j < Width; j++)
                _moments[i * Width + j] += deviations[i] * (values[j] - _means[j]);
        }
        Note(numerator);
    }

    /// <summary>Adds units that are all alike, in the time of one: most people of a campaign did nothing.</summary>
    /// <param name="units">How many, 0 or more.</param>
    /// <param name="numerator">Each unit's total of the metric; finite.</param>
    /// <param name="covariate">Something known of each unit from before the experiment.</param>
    public void AddAlike(long units, double numerator, double covariate = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        if (units == 0)
            return;
        var alike = new UnitMoments();
        alike.Add(numerator, 1, covariate);
        alike.Units = units;
        (alike.Active, alike.NotBinary, alike.Negative) = (alike.Active * units, alike.NotBinary * units, alike.Negative * units);
        Combine(alike);
    }

    /// <summary>Adds all units of another part of the same arm.</summary>
    public void Combine(UnitMoments other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Units == 0)
            return;
        var total = Units + other.Units;
        var weight = (double)Units * other.Units / total;
        Span<double> apart = stackalloc double[Width];
        for (var i = 0; i < Width; i++)
            apart[i] = other._means[i] - _means[i];
        for (var i = 0; i < Width; i++)
        {
            for (var j = 0; j < Width; j++)
                _moments[i * Width + j] += other._moments[i * Width + j] + (Units == 0 ? 0 : apart[i] * apart[j] * weight);
            _means[i] += Units == 0 ? apart[i] : apart[i] * other.Units / total;
        }
        if (other.Active > 0)
        {
            var difference = other.ActiveMean - ActiveMean;
            _activeSquares += other._activeSquares + difference * difference * ((double)Active * other.Active / (Active + other.Active));
            ActiveMean += difference * other.Active / (Active + other.Active);
        }
        (Units, Active, NotBinary, Negative) = (total, Active + other.Active, NotBinary + other.NotBinary, Negative + other.Negative);
    }

    /// <summary>Moments from the sums that databases keep.</summary>
    /// <param name="units">Units, 1 or more.</param>
    /// <param name="sums">Sums of numerator, denominator, covariate, covariate's denominator; or fewer of them.</param>
    /// <param name="products">Sums of products, <c>[i, j]</c> of the i-th and j-th of the sums; symmetric.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static UnitMoments FromSums(long units, ReadOnlySpan<double> sums, double[,] products)
    {
        ArgumentNullException.ThrowIfNull(products);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        if (sums.Length is 0 or > Width || products.GetLength(0) != sums.Length || products.GetLength(1) != sums.Length)
            throw new ArgumentException("One to four sums are needed, and as many rows and columns of products.", nameof(products));
        var moments = new UnitMoments { Units = units, NotBinary = units };
        for (var i = 0; i < sums.Length; i++)
        {
            moments._means[i] = sums[i] / units;
            for (var j = 0; j < sums.Length; j++)
                moments._moments[i * Width + j] = products[i, j] - sums[i] * sums[j] / units;
        }
        return moments;
    }

    /// <summary>Variance per unit of the metric, by the delta method where the denominator varies.</summary>
    internal double Variance => Form(MetricGradient, MetricGradient);

    /// <summary>Variance per unit of the covariate.</summary>
    internal double CovariateVariance => Form(CovariateGradient, CovariateGradient);

    /// <summary>Covariance per unit of metric and covariate.</summary>
    internal double CovariateCovariance => Form(MetricGradient, CovariateGradient);

    private double[] MetricGradient => [1 / DenominatorMean, -NumeratorMean / (DenominatorMean * DenominatorMean), 0, 0];

    private double[] CovariateGradient =>
        [0, 0, 1 / _means[CovariateDenominator], -_means[Covariate] / (_means[CovariateDenominator] * _means[CovariateDenominator])];

    private double Form(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < Width; i++)
        for (var j = 0; j < Width; j++)
            sum += left[i] * right[j] * _moments[i * Width + j];
        return sum / (Units - 1);
    }

    private void Note(double numerator)
    {
        if (numerator == 0)
            return;
        Active++;
        var deviation = numerator - ActiveMean;
        ActiveMean += deviation / Active;
        _activeSquares += deviation * (numerator - ActiveMean);
        if (numerator != 1)
            NotBinary++;
        if (numerator < 0)
            Negative++;
    }
}
