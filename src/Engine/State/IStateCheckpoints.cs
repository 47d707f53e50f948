namespace Tactus.Engine.State;

/// <summary>A state store that can be saved whole and found again after a restart. A saved state stands exactly between two
/// commits; which block that is, the chain store records.</summary>
public interface IStateCheckpoints
{
    /// <summary>The store that is saved.</summary>
    IStateStore Store { get; }

    /// <summary>Begins to save the state as it is now under a new name. Commits may go on at once; none may run during the
    /// call itself.</summary>
    IStateSave Begin(string name);

    /// <summary>Replaces the state with a saved one.</summary>
    /// <exception cref="Storage.StorageException">There is no such state, or it is damaged; the store is empty then.</exception>
    void Restore(string name);

    /// <summary>Empties the store.</summary>
    void Clear();

    /// <summary>Deletes a saved state, finished or not; nothing happens where there is none.</summary>
    void Delete(string name);

    /// <summary>Names of saved states, whole or not.</summary>
    IReadOnlyList<string> List();
}

/// <summary>A save that goes on beside the commits.</summary>
public interface IStateSave
{
    /// <summary>Whether <see cref="Finish"/> would return at once.</summary>
    bool IsComplete { get; }

    /// <summary>Waits until the saved state is durable.</summary>
    /// <exception cref="Storage.StorageException">The save failed; the state in memory is unharmed.</exception>
    void Finish();
}
