using Audrey.Bus.Qmf;

namespace Audrey.Bus.Consoles;

/// <summary>
/// The answers to one request, until the last one has come.
/// </summary>
/// <param name="maxAnswers">The largest number of answers.</param>
internal sealed class PendingRequest(int maxAnswers)
{
    private readonly TaskCompletionSource<IReadOnlyList<QmfMessage>> _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<QmfMessage> _received = [];

    /// <summary>Ends with all answers, or fails with the reason of the agent.</summary>
    public Task<IReadOnlyList<QmfMessage>> Answers => _answers.Task;

    /// <summary>Adds an answer. The calls come one after the other.</summary>
    public void Add(QmfMessage answer)
    {
        if (answer.Opcode == QmfOpcodes.Exception)
        {
            _answers.TrySetException(new QmfException(QmfCall.ReadError(answer)));
            return;
        }

        _received.Add(answer);
        if (_received.Count > maxAnswers) _answers.TrySetException(new QmfException($"The agent sent more than {maxAnswers} answers."));
        else if (!answer.IsPartial) _answers.TrySetResult(_received);
    }
}
