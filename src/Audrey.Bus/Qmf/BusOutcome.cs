namespace Audrey.Bus.Qmf;

/// <summary>The ways in which a message can end.</summary>
public enum BusOutcomeKind
{
    /// <summary>The receiver has the message.</summary>
    Accepted,

    /// <summary>The receiver did not process the message; it may be sent again.</summary>
    Released,

    /// <summary>The receiver refuses the message; sending it again is of no use.</summary>
    Rejected,

    /// <summary>The message was never sent, because the queue was full or the connection was closed for good.</summary>
    Dropped,
}

/// <summary>
/// The way in which a message has ended.
/// </summary>
/// <param name="Kind">The kind.</param>
/// <param name="Condition">The condition of AMQP, such as <c>amqp:unauthorized-access</c>, or an empty string.</param>
/// <param name="Description">The reason for people, or an empty string.</param>
public sealed record BusOutcome(BusOutcomeKind Kind, string Condition = "", string Description = "")
{
    /// <summary>The message is accepted.</summary>
    public static BusOutcome Accepted { get; } = new(BusOutcomeKind.Accepted);

    /// <summary>The message is released.</summary>
    public static BusOutcome Released { get; } = new(BusOutcomeKind.Released);

    /// <summary>The message is rejected.</summary>
    /// <param name="condition">The condition of AMQP, such as <c>amqp:unauthorized-access</c>.</param>
    /// <param name="description">The reason for people.</param>
    public static BusOutcome Rejected(string condition, string description) => new(BusOutcomeKind.Rejected, condition, description);
}
