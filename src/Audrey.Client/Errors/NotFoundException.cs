namespace Audrey.Client;

/// <summary>
/// There is no such instance, deployable or conductor, or it belongs to another conductor. The two cases are deliberately not
/// distinguished.
/// </summary>
public sealed class NotFoundException : AudreyException
{
    /// <summary>Creates the exception, for example in a fake of <see cref="IAudreyClient"/>.</summary>
    public NotFoundException(string message)
        : base(message)
    {
    }
}
