using Audrey.Core.Limits;

namespace Audrey.Client;

/// <summary>The operation would exceed a quota of the conductor. Nothing was changed. The message has the remedy.</summary>
public sealed class QuotaExceededException : AudreyException
{
    /// <summary>Creates the exception, for example in a fake of <see cref="IAudreyClient"/>.</summary>
    public QuotaExceededException(string message, QuotaKind quota, long limit, long present, Exception? innerException = null)
        : base(message, innerException) => (Quota, Limit, Present) = (quota, limit, present);

    /// <summary>Gets what the quota limits.</summary>
    public QuotaKind Quota { get; }

    /// <summary>Gets the maximum number.</summary>
    public long Limit { get; }

    /// <summary>Gets the number before the operation.</summary>
    public long Present { get; }

    internal static QuotaExceededException Of(QuotaExcess excess, Exception? cause = null) =>
        new($"Nothing was changed: {excess.Describe()}", excess.Quota, excess.Limit, excess.Present, cause);
}
