namespace Audrey.Client;

/// <summary>There is no such instance or deployable, or it belongs to another conductor: the two look the same on purpose.</summary>
public sealed class NotFoundException : AudreyException
{
    internal NotFoundException(string message)
        : base(message)
    {
    }
}
